import { z } from 'zod';

/**
 * cleaning-worker → dispo, `PUT /internal/v1/bookings/:id/cleaning`, answered by 204: what has become of an event.
 *
 * - `planned`: it has had its effect. Its row leaves dispo's outbox, and the booking, if this is its current revision, is planned.
 * - `failed`: it waits among the dead letters. The row stays, for the event may still be lost there.
 * - `outdated`: cleaning knows the booking from an event that is newer, and holds on to it. The row leaves the outbox, unless dispo
 *   has no newer event: then dispo's database was restored from a backup, and its current revision goes out again in a new epoch.
 * - `dropped`: a person has given it up. The row leaves the outbox, and the booking stays failed.
 *
 * What failed may be a message that could not be read: then the revision is not known, and dispo takes it from the row.
 */
export const cleaningResultSchema = z.discriminatedUnion('result', [
  z.strictObject({ event_id: z.uuid(), revision: z.int().positive(), result: z.literal('planned') }),
  z.strictObject({
    event_id: z.uuid(),
    revision: z.int().positive(),
    result: z.literal('outdated'),
    /** The epoch of what cleaning holds on to; absent when that came without one. */
    epoch: z.uuid().optional(),
  }),
  z.strictObject({
    event_id: z.uuid(),
    revision: z.int().positive().optional(),
    result: z.enum(['failed', 'dropped']),
  }),
]);
export type CleaningResult = z.infer<typeof cleaningResultSchema>;

/** The path of the call above. */
export function cleaningResultPath(bookingId: number): string {
  return `/internal/v1/bookings/${bookingId}/cleaning`;
}

/** Where a service answers such calls. */
export interface InternalTarget {
  /** The base address of its internal listener. It may have a path, as behind a proxy that serves several services. */
  url: string;
  /** A token of its `HOTEL_INTERNAL_TOKEN`. */
  token?: string | undefined;
}

/** The address and the headers of a call. */
export function internalCall(
  { url, token }: InternalTarget,
  path: string,
): { url: URL; headers: Record<string, string> } {
  return {
    // Not `new URL(path, url)`, which forgets the path of the base.
    url: new URL(url.replace(/\/+$/, '') + path),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  };
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
