import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import {
  answerHeader,
  answerTagged,
  callerOf,
  entityTag,
  expectedBy,
  idCursor,
  idParams,
  ifMatchHeaders,
  ifNoneMatchHeaders,
  jsonAnswer,
  jsonBody,
  notModified,
  pageAnswer,
  pageQuerySchema,
  problems,
  readPage,
  setHeader,
  tagHeader,
  tracePages,
} from '@hotel/http';
import type { Context } from 'hono';
import type { Booking, Room } from '../schema.ts';
import type { Booked, Bookings } from './bookings.ts';
import {
  bookingChangeSchema,
  bookingSchema,
  bookingWithRoomSchema,
  idempotencyHeaders,
  newBookingSchema,
} from './schemas.ts';

const bookingAnswer = (description: string) => ({ ...jsonAnswer(description, bookingSchema), headers: tagHeader });

const create = createRoute({
  method: 'post',
  path: '/api/v1/bookings',
  operationId: 'createBooking',
  summary: 'Make a booking',
  description:
    'A booking of nights that somebody else holds in the room is refused. It is planned by cleaning a moment later: `cleaning` tells.',
  request: { headers: idempotencyHeaders, body: jsonBody(newBookingSchema) },
  responses: {
    201: {
      ...jsonAnswer('The new booking', bookingSchema),
      headers: { Location: answerHeader('Where the booking is', '/api/v1/bookings/42'), ...tagHeader },
    },
    200: bookingAnswer('The booking that the same Idempotency-Key has made before'),
    ...problems(400, 404, 409, 413, 415, 422, 503),
  },
});
const list = createRoute({
  method: 'get',
  path: '/api/v1/bookings',
  operationId: 'listBookings',
  summary: 'List the bookings',
  request: { query: pageQuerySchema },
  responses: { 200: pageAnswer('A page of bookings', bookingSchema), ...problems(422) },
});
const read = createRoute({
  method: 'get',
  path: '/api/v1/bookings/{id}',
  operationId: 'readBooking',
  summary: 'Read a booking and its room',
  request: { params: idParams, headers: ifNoneMatchHeaders },
  responses: {
    200: {
      ...jsonAnswer('The booking and its room', bookingWithRoomSchema),
      headers: {
        ...tagHeader,
        Link: answerHeader(
          'The trace that says how far its cleaning is; absent while that is pending, and where JAEGER_QUERY_URL is not set',
          '<http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c>; rel="trace"',
        ),
      },
    },
    ...notModified,
    ...problems(404),
  },
});
const change = createRoute({
  method: 'patch',
  path: '/api/v1/bookings/{id}',
  operationId: 'changeBooking',
  summary: 'Change a booking',
  description: 'Only while it is `booked`.',
  request: { params: idParams, headers: ifMatchHeaders, body: jsonBody(bookingChangeSchema) },
  responses: { 200: bookingAnswer('The booking'), ...problems(400, 404, 409, 412, 413, 415, 422, 503) },
});
const cancel = createRoute({
  method: 'delete',
  path: '/api/v1/bookings/{id}',
  operationId: 'cancelBooking',
  summary: 'Cancel a booking',
  description: 'Only while it is `booked`. It stays as a row, and its plan is taken back.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The cancelled booking'), ...problems(404, 409, 412, 503) },
});

const checkIn = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-in',
  operationId: 'checkIn',
  summary: 'Check the guest in',
  description:
    'Asks cleaning whether the room is clean. 503 when that cannot be found out in time: nothing has changed then.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The booking, checked in'), ...problems(404, 409, 412, 503) },
});
const checkOut = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-out',
  operationId: 'checkOut',
  summary: 'Check the guest out',
  description: 'One who leaves early gives the nights to come back: `end` becomes today.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The booking, checked out'), ...problems(404, 409, 412, 503) },
});

const replan = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/replan',
  operationId: 'replanBooking',
  summary: 'Have a booking planned again',
  description:
    'Publishes the booking as it is, for instance when its `cleaning` has `failed`. Nothing happens while that is under way already.',
  request: { params: idParams },
  responses: { 200: bookingAnswer('The booking, to be planned'), ...problems(404, 503) },
});

interface RouteDeps {
  app: OpenAPIHono;
  bookings: Bookings;
  tracesUrl: string | undefined;
}

export function bookingRoutes({ app, bookings, tracesUrl }: RouteDeps): void {
  const answer = <Status extends 200 | 201>(c: Context, { booking, room }: Booked, status: Status) => {
    setHeader(c, 'ETag', tagOf({ ...booking, room }));
    return c.json(booking, status);
  };

  app.openapi(create, async (c) => {
    const { 'idempotency-key': key } = c.req.valid('header');
    const { isNew, ...made } = await bookings.make(
      c.req.valid('json'),
      key === undefined ? undefined : { caller: callerOf(c), key },
    );
    setHeader(c, 'Location', `/api/v1/bookings/${made.booking.id}`);
    return answer(c, made, isNew ? 201 : 200);
  });
  app.openapi(list, async (c) => {
    return c.json(await readPage(c, c.req.valid('query'), bookings.list, idCursor), 200);
  });
  app.openapi(read, async (c) => {
    const { booking, room, cleaningTraceparent } = await bookings.get(c.req.valid('param').id);
    const traceId = booking.cleaning === 'pending' ? undefined : sampledTraceId(cleaningTraceparent);
    if (tracesUrl && traceId) c.header('Link', `<${tracePages(tracesUrl).trace(traceId)}>; rel="trace"`);
    const found = { ...booking, room };
    return answerTagged(c, found, tagOf(found));
  });
  app.openapi(change, async (c) => {
    const { id } = c.req.valid('param');
    return answer(c, await bookings.change(id, c.req.valid('json'), expectedBy(c, isRevision)), 200);
  });
  app.openapi(checkIn, async (c) => {
    return answer(c, await bookings.checkIn(c.req.valid('param').id, expectedBy(c, isRevision)), 200);
  });
  app.openapi(checkOut, async (c) => {
    return answer(c, await bookings.checkOut(c.req.valid('param').id, expectedBy(c, isRevision)), 200);
  });
  app.openapi(replan, async (c) => answer(c, await bookings.replan(c.req.valid('param').id), 200));
  app.openapi(cancel, async (c) => {
    return answer(c, await bookings.cancel(c.req.valid('param').id, expectedBy(c, isRevision)), 200);
  });
}

/** The ETag of a booking with its room: all responses with that booking must compute it the same way. */
const tagOf = (found: Booking & { room: Room }) => entityTag(found, found.revision);

/** A planned cleaning or a renamed room is not a change that a client could overwrite. */
const isRevision = (tag: string, { revision }: Booking) => tag.startsWith(`"${revision}.`);

/** Undefined for traces that were not sampled: there is nothing to link to. */
function sampledTraceId(traceparent: string | null): string | undefined {
  const [, traceId, , flags = ''] = traceparent?.split('-') ?? [];
  return (Number.parseInt(flags, 16) & 1) === 1 ? traceId : undefined;
}
