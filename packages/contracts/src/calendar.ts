import { FIRST_DAY, LAST_DAY, nightsOf } from './limits.ts';

const DAY_MS = 86_400_000;

/** A day such as `2027-02-04`. Text order is time order from `FIRST_DAY` to `LAST_DAY`. */
export type Day = string;

/** The local day: the process's time zone (`TZ`) is the hotel's. */
export function dayOf(date: Date): Day {
  const pad = (value: number, length: number) => String(value).padStart(length, '0');
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}

/** Adds `count` days, which may be negative. Clamped to `FIRST_DAY` and `LAST_DAY`. */
export function addDays(day: Day, count: number): Day {
  const first = Date.parse(FIRST_DAY);
  const last = Date.parse(LAST_DAY);
  const time = Math.min(Math.max(Date.parse(day) + count * DAY_MS, first), last);
  return new Date(time).toISOString().slice(0, 10);
}

/** Number of days from `start` to `end`, both included; 0 or less when `end` is before `start`. */
export function countDays(start: Day, end: Day): number {
  return nightsOf({ start, end }) + 1;
}

/** Every day from `start` to `end`, both included. */
export function daysBetween(start: Day, end: Day): Day[] {
  return Array.from({ length: Math.max(0, countDays(start, end)) }, (_, i) => addDays(start, i));
}
