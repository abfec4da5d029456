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

/** A task of the cleaning plan, as the front desk shows it. */
export const cleaningTaskSchema = z.object({
  id: z.int().positive(),
  day: z.string(),
  room: z.string(),
  final: z.union([z.literal(0), z.literal(1)]),
  booking_id: z.int().positive(),
  done: z.boolean(),
});
export type CleaningTask = z.infer<typeof cleaningTaskSchema>;

/**
 * dispo → cleaning, `GET /internal/v1/overview`: the ids of the dirty rooms, and the tasks of today with the overdue
 * ones. Both lists end after `OVERVIEW_LIMIT` elements.
 */
export const cleaningOverviewSchema = z.object({
  dirty: z.array(z.int().positive()),
  tasks: z.array(cleaningTaskSchema),
});
export type CleaningOverview = z.infer<typeof cleaningOverviewSchema>;
export const CLEANING_OVERVIEW_PATH = '/internal/v1/overview';
/** A page of the front desk shows fewer rooms than this. */
export const OVERVIEW_LIMIT = 200;

/** dispo → cleaning, `POST /internal/v1/tasks/:id/done`, answered with the task. 404 and 409 are problems in words. */
export function finishTaskPath(taskId: number): string {
  return `/internal/v1/tasks/${taskId}/done`;
}
