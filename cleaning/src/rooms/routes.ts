import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { roomStateSchema } from '@hotel/contracts';
import { idSchema, jsonAnswer, positiveSchema, problems } from '@hotel/http';
import type { BusinessEvents } from '../events.ts';
import type { RoomRepository } from './repository.ts';

const stateSchema = z
  .object({ room_id: positiveSchema.openapi({ example: 1 }), state: roomStateSchema.shape.state })
  .openapi('RoomState');

const clean = createRoute({
  method: 'post',
  path: '/api/v1/rooms/{room_id}/clean',
  operationId: 'declareRoomClean',
  summary: 'Declare a room clean',
  description:
    'For a room that was inspected but still waits for a final clean that cannot be marked done, for instance because its check-out event ' +
    'was lost. `room_id` is the id of the room in dispo. Bookings in dispo do not change.',
  request: { params: z.object({ room_id: idSchema }) },
  responses: { 200: jsonAnswer('The state of the room', stateSchema), ...problems(404, 503) },
});

export function roomRoutes({
  app,
  rooms,
  events,
}: {
  app: OpenAPIHono;
  rooms: Pick<RoomRepository, 'declareClean'>;
  events: Pick<BusinessEvents, 'roomDeclaredClean'>;
}): void {
  app.openapi(clean, async (c) => {
    const { room_id } = c.req.valid('param');
    await rooms.declareClean(room_id);
    events.roomDeclaredClean(room_id);
    return c.json({ room_id, state: 'clean' as const }, 200);
  });
}
