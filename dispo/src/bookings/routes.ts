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
} from '@hotel/http';
import type { Context } from 'hono';
import type { Booking, Room } from '../schema.ts';
import type { TraceLink } from '../telemetry/cleaning-trace.ts';
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
    'Rejected when another booking holds one of the nights. cleaning plans the booking a moment later; `cleaning` reports the progress.',
  request: { headers: idempotencyHeaders, body: jsonBody(newBookingSchema) },
  responses: {
    201: {
      ...jsonAnswer('The new booking', bookingSchema),
      headers: { Location: answerHeader('Where the booking is', '/api/v1/bookings/42'), ...tagHeader },
    },
    200: bookingAnswer('The booking that the first request with this Idempotency-Key made'),
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
          'The trace of the last cleaning result; absent while `cleaning` is pending, or without JAEGER_QUERY_URL',
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
  description:
    'Only while it is `booked`. The booking is kept with the status `cancelled`, and its cleaning plan is removed.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The cancelled booking'), ...problems(404, 409, 412, 503) },
});

const checkIn = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-in',
  operationId: 'checkIn',
  summary: 'Check the guest in',
  description:
    'Asks cleaning whether the room is clean. 503 if cleaning does not answer in time; nothing has changed then.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The booking, checked in'), ...problems(404, 409, 412, 503) },
});
const checkOut = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-out',
  operationId: 'checkOut',
  summary: 'Check the guest out',
  description: 'An early check-out frees the remaining nights: `end` becomes today.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 200: bookingAnswer('The booking, checked out'), ...problems(404, 409, 412, 503) },
});

const replan = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/replan',
  operationId: 'replanBooking',
  summary: 'Plan a booking again',
  description:
    'Publishes the current state of the booking, for instance when its `cleaning` has `failed`. Does nothing while an event of it is unconfirmed.',
  request: { params: idParams },
  responses: { 200: bookingAnswer('The booking, pending'), ...problems(404, 503) },
});

interface RouteDeps {
  app: OpenAPIHono;
  bookings: Bookings;
  /** Links a booking to the trace of its last cleaning result. */
  traceLink: TraceLink;
}

export function bookingRoutes({ app, bookings, traceLink }: RouteDeps): void {
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
    const trace = booking.cleaning === 'pending' ? undefined : traceLink(cleaningTraceparent);
    if (trace) c.header('Link', `<${trace}>; rel="trace"`);
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
