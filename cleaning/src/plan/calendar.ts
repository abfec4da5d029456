const DAY_MS = 86_400_000;

/** `2027-02-04`: days as text, which sorts as time does. */
export type Day = string;

/** The day it is where this process runs: the hotel's time zone is the process's (`TZ`). */
export function dayOf(date: Date): Day {
  const pad = (value: number, length: number) => String(value).padStart(length, '0');
  return `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
}

export function addDays(day: Day, count: number): Day {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** From `start` to `end`, both included; 0 or less when `end` is before `start`. */
export function countDays(start: Day, end: Day): number {
  return (Date.parse(end) - Date.parse(start)) / DAY_MS + 1;
}

/** Every day from `start` to `end`, both included. */
export function daysBetween(start: Day, end: Day): Day[] {
  return Array.from({ length: Math.max(0, countDays(start, end)) }, (_, i) => addDays(start, i));
}
