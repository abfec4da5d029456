import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cleaningResultSchema } from '@hotel/contracts';
import { idParams, jsonBody, problems } from '@hotel/http';
import type { Bookings } from './bookings.ts';

const confirm = createRoute({
  method: 'put',
  path: '/internal/v1/bookings/{id}/cleaning',
  request: { params: idParams, body: jsonBody(cleaningResultSchema) },
  responses: { 204: { description: 'Confirmed' }, ...problems(400, 404, 409, 413, 415, 422, 503) },
});

/** Routes for cleaning-worker; see `cleaningResultPath` in the contracts. */
export function internalBookingRoutes({ app, bookings }: { app: OpenAPIHono; bookings: Bookings }): void {
  app.openapi(confirm, async (c) => {
    await bookings.confirmCleaning(c.req.valid('param').id, c.req.valid('json'));
    return c.body(null, 204);
  });
}
