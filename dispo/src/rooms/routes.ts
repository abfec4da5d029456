import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { ROOM_NUMBER } from '@hotel/contracts';
import {
  afterIdSchema,
  answerTagged,
  dateSchema,
  entityTag,
  expectedBy,
  idCursor,
  idParams,
  ifMatchHeaders,
  ifNoneMatchHeaders,
  jsonAnswer,
  jsonBody,
  limitSchema,
  MAX_LIMIT,
  notModified,
  pageAnswer,
  pageQuerySchema,
  positiveSchema,
  problems,
  readPage,
  setHeader,
  tagHeader,
} from '@hotel/http';
import type { Context } from 'hono';
import type { Room } from '../schema.ts';
import type { RoomRepository } from './repository.ts';

const numberSchema = z.string().regex(ROOM_NUMBER, '1 to 16 letters, digits or dashes').openapi({ example: '101' });
/**
 * False for text that a database, a terminal or another encoding could not return unchanged, and for U+FFFD, which
 * marks text that was already decoded wrongly.
 */
const isPlain = (text: string) => text.isWellFormed() && !/[\p{Cc}\u2028\u2029\ufffd]/u.test(text);
/** The same rule for the OpenAPI document, in syntax that every regular expression dialect supports. */
const NOT_PLAIN = String.raw`\u0000-\u001F\u007F-\u009F\u2028\u2029\uFFFD`;
// Not `.regex()`: the generator would write its flags into the document's `pattern`, which allows none.
const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(isPlain, 'must be one line of text without control characters or U+FFFD')
  .openapi({
    example: 'Room 101',
    description: 'One line of text without control characters. Surrounding space is removed',
    pattern: `^[^${NOT_PLAIN}]*[^\\s${NOT_PLAIN}][^${NOT_PLAIN}]*$`,
  });
export const roomSchema = z
  .object({ id: positiveSchema.openapi({ example: 1 }), number: numberSchema, name: nameSchema })
  .openapi('Room');
const roomAnswer = (description: string) => ({ ...jsonAnswer(description, roomSchema), headers: tagHeader });

const freeQuerySchema = z
  .strictObject({
    start: dateSchema.openapi({ example: '2027-02-04' }),
    end: dateSchema.openapi({ example: '2027-02-06' }),
    // The maximum, so that a small hotel gets all its free rooms on one page.
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
  description: 'The number must be unique.',
  request: { body: jsonBody(z.strictObject({ number: numberSchema, name: nameSchema }).openapi('RoomRequest')) },
  responses: { 201: roomAnswer('The new room'), ...problems(400, 409, 413, 415, 422, 503) },
});
const free = createRoute({
  method: 'get',
  path: '/api/v1/rooms/free',
  operationId: 'listFreeRooms',
  summary: 'List the free rooms',
  description: 'Rooms without a booking between `start` and `end`.',
  request: { query: freeQuerySchema },
  responses: { 200: pageAnswer('A page of free rooms', roomSchema), ...problems(422) },
});
const read = createRoute({
  method: 'get',
  path: '/api/v1/rooms/{id}',
  operationId: 'readRoom',
  summary: 'Read a room',
  request: { params: idParams, headers: ifNoneMatchHeaders },
  responses: { 200: roomAnswer('The room'), ...notModified, ...problems(404) },
});
const change = createRoute({
  method: 'patch',
  path: '/api/v1/rooms/{id}',
  operationId: 'changeRoom',
  summary: 'Change a room',
  description: 'The number is fixed once the room has bookings.',
  request: {
    params: idParams,
    headers: ifMatchHeaders,
    body: jsonBody(
      z.strictObject({ number: numberSchema.optional(), name: nameSchema.optional() }).openapi('RoomChange'),
    ),
  },
  responses: { 200: roomAnswer('The room'), ...problems(400, 404, 409, 412, 413, 415, 422, 503) },
});
const remove = createRoute({
  method: 'delete',
  path: '/api/v1/rooms/{id}',
  operationId: 'removeRoom',
  summary: 'Remove a room',
  description: 'Only a room without bookings can be removed.',
  request: { params: idParams, headers: ifMatchHeaders },
  responses: { 204: { description: 'Removed' }, ...problems(404, 409, 412, 503) },
});

const isSame = (tag: string, room: Room) => tag === entityTag(room);

export function roomRoutes({ app, rooms }: { app: OpenAPIHono; rooms: RoomRepository }): void {
  const answer = <Status extends 200 | 201>(c: Context, room: Room, status: Status) => {
    setHeader(c, 'ETag', entityTag(room));
    return c.json(room, status);
  };

  app.openapi(list, async (c) => {
    return c.json(await readPage(c, c.req.valid('query'), rooms.list, idCursor), 200);
  });
  app.openapi(create, async (c) => answer(c, await rooms.create(c.req.valid('json')), 201));
  // Must come before `/{id}`, which would match `free`.
  app.openapi(free, async (c) => {
    return c.json(await readPage(c, c.req.valid('query'), rooms.free, idCursor), 200);
  });
  app.openapi(read, async (c) => {
    const room = await rooms.get(c.req.valid('param').id);
    return answerTagged(c, room, entityTag(room));
  });
  app.openapi(change, async (c) => {
    return answer(c, await rooms.change(c.req.valid('param').id, c.req.valid('json'), expectedBy(c, isSame)), 200);
  });
  app.openapi(remove, async (c) => {
    await rooms.remove(c.req.valid('param').id, expectedBy(c, isSame));
    return c.body(null, 204);
  });
}
