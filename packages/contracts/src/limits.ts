/** The limits of the service, which its API, its events and their consumers share. */

/** Long enough for every guest; it bounds what one booking can ask of the plan. */
export const MAX_NIGHTS = 366;

/** The number on a door. */
export const ROOM_NUMBER = /^[A-Za-z0-9-]{1,16}$/;

/** The first and the last day that can be written as `YYYY-MM-DD`, which is how every day is stored, sent and compared. */
export const FIRST_DAY = '0000-01-01';
export const LAST_DAY = '9999-12-31';

const DAY_MS = 86_400_000;

/** How many nights lie between two days. */
export function nightsOf({ start, end }: { start: string; end: string }): number {
  return (Date.parse(end) - Date.parse(start)) / DAY_MS;
}
