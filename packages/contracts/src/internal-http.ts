import { z } from 'zod';

/**
 * cleaning-worker → dispo, `PUT /internal/v1/bookings/:id/cleaning`, answered by 204: the event has had its effect. It
 * confirms the row in dispo's outbox, and says how far the cleaning of the booking's `revision` is.
 */
export const cleaningResultSchema = z.strictObject({
  event_id: z.uuid(),
  revision: z.int().positive(),
  result: z.enum(['planned', 'failed']),
});
export type CleaningResult = z.infer<typeof cleaningResultSchema>;

/** The path of the call above. */
export function cleaningResultPath(bookingId: number): string {
  return `/internal/v1/bookings/${bookingId}/cleaning`;
}

/** dispo → cleaning, `GET /internal/v1/rooms/:room_id/state`: whether a guest can move in. A room never used is clean. */
export const roomStateSchema = z.object({
  room_id: z.int().positive(),
  state: z.enum(['clean', 'dirty']),
});
export type RoomState = z.infer<typeof roomStateSchema>;

/** The path of the call above. */
export function roomStatePath(roomId: number): string {
  return `/internal/v1/rooms/${roomId}/state`;
}
