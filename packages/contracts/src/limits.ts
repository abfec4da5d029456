/** Limits shared by the API, its events and their consumers. */

/** Long enough for every guest. Bounds the work that one booking causes in the plan. */
export const MAX_NIGHTS = 366;

/** The number on a door. */
export const ROOM_NUMBER = /^[A-Za-z0-9-]{1,16}$/;

/** The first and last day in the form `YYYY-MM-DD`, in which all days are stored, sent and compared. */
export const FIRST_DAY = '0000-01-01';
export const LAST_DAY = '9999-12-31';

const DAY_MS = 86_400_000;

/** Number of nights between two days. */
export function nightsOf({ start, end }: { start: string; end: string }): number {
  return (Date.parse(end) - Date.parse(start)) / DAY_MS;
}
