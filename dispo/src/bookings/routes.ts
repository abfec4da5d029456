import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { idParams, jsonAnswer, jsonBody, linkNextPage, pageQuerySchema, problems } from '@hotel/http';
import type { Bookings } from './bookings.ts';
import {
  bookingChangeSchema,
  bookingSchema,
  bookingWithRoomSchema,
  idempotencyHeaders,
  newBookingSchema,
} from './schemas.ts';

const create = createRoute({
  method: 'post',
  path: '/api/v1/bookings',
  request: { headers: idempotencyHeaders, body: jsonBody(newBookingSchema) },
  responses: {
    201: jsonAnswer('The new booking', bookingSchema),
    200: jsonAnswer('The booking that the same Idempotency-Key has made before', bookingSchema),
    ...problems(400, 404, 409, 413, 415, 422, 503),
  },
});
const list = createRoute({
  method: 'get',
  path: '/api/v1/bookings',
  request: { query: pageQuerySchema },
  responses: { 200: jsonAnswer('A page of bookings', z.array(bookingSchema)), ...problems(422) },
});
const read = createRoute({
  method: 'get',
  path: '/api/v1/bookings/{id}',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The booking and its room', bookingWithRoomSchema), ...problems(404) },
});
const change = createRoute({
  method: 'patch',
  path: '/api/v1/bookings/{id}',
  request: { params: idParams, body: jsonBody(bookingChangeSchema) },
  responses: { 200: jsonAnswer('The booking', bookingSchema), ...problems(400, 404, 409, 413, 415, 422, 503) },
});
const cancel = createRoute({
  method: 'delete',
  path: '/api/v1/bookings/{id}',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The cancelled booking', bookingSchema), ...problems(404, 409, 503) },
});

const checkIn = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-in',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The booking, checked in', bookingSchema), ...problems(404, 409, 503) },
});
const checkOut = createRoute({
  method: 'post',
  path: '/api/v1/bookings/{id}/check-out',
  request: { params: idParams },
  responses: { 200: jsonAnswer('The booking, checked out', bookingSchema), ...problems(404, 409, 503) },
});

export function bookingRoutes({ app, bookings }: { app: OpenAPIHono; bookings: Bookings }): void {
  app.openapi(create, async (c) => {
    const { booking, isNew } = await bookings.make(c.req.valid('json'), c.req.valid('header')['idempotency-key']);
    c.header('Location', `/api/v1/bookings/${booking.id}`);
    return c.json(booking, isNew ? 201 : 200);
  });
  app.openapi(list, async (c) => {
    const page = c.req.valid('query');
    const found = await bookings.list(page);
    linkNextPage(c, page, found);
    return c.json(found, 200);
  });
  app.openapi(read, async (c) => {
    const { booking, room } = await bookings.get(c.req.valid('param').id);
    return c.json({ ...booking, room }, 200);
  });
  app.openapi(change, async (c) => c.json(await bookings.change(c.req.valid('param').id, c.req.valid('json')), 200));
  app.openapi(checkIn, async (c) => c.json(await bookings.checkIn(c.req.valid('param').id), 200));
  app.openapi(checkOut, async (c) => c.json(await bookings.checkOut(c.req.valid('param').id), 200));
  app.openapi(cancel, async (c) => c.json(await bookings.cancel(c.req.valid('param').id), 200));
}
