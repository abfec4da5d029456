import { z } from 'zod';

/**
 * cleaning-worker → dispo, `PUT /internal/v1/bookings/:id/cleaning`, answered with 204: reports the result of an event.
 *
 * - `planned`: processed. dispo deletes its outbox row and, if the revision is current, marks the booking planned.
 * - `failed`: dead-lettered. The outbox row stays, because Redis may still lose the event.
 * - `outdated`: cleaning has already processed a newer event of the booking. dispo deletes the row. If dispo has no
 *   newer event, its database was restored from a backup, and it publishes the current revision in a new epoch.
 * - `dropped`: a person has discarded it. dispo deletes the row, and the booking stays failed.
 *
 * A failed message may be unreadable and its revision unknown; dispo then takes the revision from the outbox row.
 */
export const cleaningResultSchema = z.discriminatedUnion('result', [
  z.strictObject({ event_id: z.uuid(), revision: z.int().positive(), result: z.literal('planned') }),
  z.strictObject({
    event_id: z.uuid(),
    revision: z.int().positive(),
    result: z.literal('outdated'),
    /** The epoch of the newer event; absent if that event had none. */
    epoch: z.uuid().optional(),
  }),
  z.strictObject({
    event_id: z.uuid(),
    revision: z.int().positive().optional(),
    result: z.enum(['failed', 'dropped']),
  }),
]);
export type CleaningResult = z.infer<typeof cleaningResultSchema>;

/** The path of this call. */
export function cleaningResultPath(bookingId: number): string {
  return `/internal/v1/bookings/${bookingId}/cleaning`;
}

/** An internal listener to call. */
export interface InternalTarget {
  /** Base URL of the internal listener. May include a path, as behind a shared proxy. */
  url: string;
  /** One of the tokens in the callee's `HOTEL_INTERNAL_TOKEN`. */
  token?: string | undefined;
}

/** The URL and headers of a call. */
export function internalCall(
  { url, token }: InternalTarget,
  path: string,
): { url: URL; headers: Record<string, string> } {
  return {
    // Not `new URL(path, url)`, which drops the base path.
    url: new URL(url.replace(/\/+$/, '') + path),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  };
}

/** dispo → cleaning, `GET /internal/v1/rooms/:room_id/state`: whether a guest can check in. An unused room is clean. */
export const roomStateSchema = z.object({
  room_id: z.int().positive(),
  state: z.enum(['clean', 'dirty']),
});
export type RoomState = z.infer<typeof roomStateSchema>;

/** The path of this call. */
export function roomStatePath(roomId: number): string {
  return `/internal/v1/rooms/${roomId}/state`;
}
