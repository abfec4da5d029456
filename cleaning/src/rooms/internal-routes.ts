import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { roomStateSchema } from '@hotel/contracts';
import { idSchema, jsonAnswer, problems } from '@hotel/http';
import type { RoomRepository } from './repository.ts';

const state = createRoute({
  method: 'get',
  path: '/internal/v1/rooms/{room_id}/state',
  request: { params: z.object({ room_id: idSchema }) },
  responses: { 200: jsonAnswer('Whether a guest can move in', roomStateSchema), ...problems(404) },
});

/** Called by dispo before a check-in; see `roomStatePath` in the contracts. */
export function internalRoomRoutes({ app, rooms }: { app: OpenAPIHono; rooms: RoomRepository }): void {
  app.openapi(state, async (c) => {
    const { room_id } = c.req.valid('param');
    return c.json({ room_id, state: await rooms.state(room_id) }, 200);
  });
}
