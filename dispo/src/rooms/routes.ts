import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ROOM_NUMBER } from '@hotel/contracts';
import {
  afterIdSchema,
  idCursor,
  idParams,
  jsonAnswer,
  jsonBody,
  limitSchema,
  MAX_LIMIT,
  pageAnswer,
  pageQuerySchema,
  problems,
  readPage,
} from '@hotel/http';
import type { RoomRepository } from './repository.ts';

// Not the contracts' `dateSchema`: only what is made after zod was extended for OpenAPI can carry examples.
const dateSchema = z.iso.date();

const numberSchema = z.string().regex(ROOM_NUMBER, '1 to 16 letters, digits or dashes').openapi({ example: '101' });
/**
 * What a database, a terminal or another encoding would not give back as it came is refused, and so is U+FFFD: somewhere on its way the
 * text was decoded wrongly, and what it said is lost.
 */
const isPlain = (text: string) => text.isWellFormed() && !/[\p{Cc}\u2028\u2029\ufffd]/u.test(text);
// Not by `regex`: the generator would write its flag into the document's `pattern`, which knows none.
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(isPlain, 'must be one line of text without control characters or U+FFFD')
  .openapi({ example: 'Room 101', description: 'One line of text without control characters' });
export const roomSchema = z
  .object({ id: z.int().openapi({ example: 1 }), number: numberSchema, name: nameSchema })
  .openapi('Room');
const room = { 200: jsonAnswer('The room', roomSchema) };

const freeQuerySchema = z
  .strictObject({
    start: dateSchema.openapi({ example: '2027-02-04' }),
    end: dateSchema.openapi({ example: '2027-02-06' }),
    // The largest: of a small hotel, all free rooms are one page.
    limit: limitSchema(MAX_LIMIT),
    after: afterIdSchema,
  })
  .refine((stay) => stay.start < stay.end, { path: ['end'], message: 'must be after start' });

const list = createRoute({
  method: 'get',
  path: '/api/v1/rooms',
  operationId: 'listRooms',
  summary: 'List the rooms',
  request: { query: pageQuerySchema },
  responses: { 200: pageAnswer('A page of rooms', roomSchema), ...problems(422) },
});
const create = createRoute({
  method: 'post',
  path: '/api/v1/rooms',
  operationId: 'createRoom',
  summary: 'Add a room',
  description: 'Its number is unique.',
  request: { body: jsonBody(z.strictObject({ number: numberSchema, name: nameSchema })) },
  responses: { 201: jsonAnswer('The new room', roomSchema), ...problems(400, 409, 413, 415, 422, 503) },
});
const free = createRoute({
  method: 'get',
  path: '/api/v1/rooms/free',
  operationId: 'listFreeRooms',
  summary: 'List the free rooms',
  description: 'Rooms without a booking between `start` and `end`.',
  request: { query: freeQuerySchema },
  responses: { 200: pageAnswer('A page of the rooms that are free', roomSchema), ...problems(422) },
});
const read = createRoute({
  method: 'get',
  path: '/api/v1/rooms/{id}',
  operationId: 'readRoom',
  summary: 'Read a room',
  request: { params: idParams },
  responses: { ...room, ...problems(404) },
});
const change = createRoute({
  method: 'patch',
  path: '/api/v1/rooms/{id}',
  operationId: 'changeRoom',
  summary: 'Change a room',
  description: 'Its number is fixed once it has bookings.',
  request: {
    params: idParams,
    body: jsonBody(z.strictObject({ number: numberSchema.optional(), name: nameSchema.optional() })),
  },
  responses: { ...room, ...problems(400, 404, 409, 413, 415, 422, 503) },
});
const remove = createRoute({
  method: 'delete',
  path: '/api/v1/rooms/{id}',
  operationId: 'removeRoom',
  summary: 'Remove a room',
  description: 'Only one without bookings.',
  request: { params: idParams },
  responses: { 204: { description: 'Removed' }, ...problems(404, 409, 503) },
});

export function roomRoutes({ app, rooms }: { app: OpenAPIHono; rooms: RoomRepository }): void {
  app.openapi(list, async (c) => {
    return c.json(await readPage(c, c.req.valid('query'), rooms.list, idCursor), 200);
  });
  app.openapi(create, async (c) => c.json(await rooms.create(c.req.valid('json')), 201));
  // Before `/{id}`, or `free` would be an id.
  app.openapi(free, async (c) => {
    return c.json(await readPage(c, c.req.valid('query'), rooms.free, idCursor), 200);
  });
  app.openapi(read, async (c) => c.json(await rooms.get(c.req.valid('param').id), 200));
  app.openapi(change, async (c) => c.json(await rooms.change(c.req.valid('param').id, c.req.valid('json')), 200));
  app.openapi(remove, async (c) => {
    await rooms.remove(c.req.valid('param').id);
    return c.body(null, 204);
  });
}
