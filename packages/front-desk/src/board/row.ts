import { addDays, daysBetween } from '@hotel/contracts';
import type { BoardRoom, Stay, Window } from './data.ts';

/** A cell of a room's row: a free night, or a stay with the nights of it that the window shows. */
export type Cell = { day: string; stay?: undefined } | { day: string; stay: Stay; nights: number; isOverdue: boolean };

/**
 * The cells of a row, which together have as many nights as the window. A guest who stays longer than booked keeps the
 * room until tomorrow, or until the next booking begins.
 */
export function cellsOf(room: Pick<BoardRoom, 'stays'>, { start, days }: Window, today: string): Cell[] {
  const end = addDays(start, days);
  const cells: Cell[] = [];
  let day = start;
  const freeUntil = (until: string) => {
    for (const free of daysBetween(day, addDays(until, -1))) cells.push({ day: free });
    if (until > day) day = until;
  };
  for (const [i, stay] of room.stays.entries()) {
    const isOverdue = stay.status === 'checked_in' && stay.end < today;
    const next = room.stays[i + 1]?.start ?? end;
    const leaves = isOverdue ? earlier(addDays(today, 1), next) : stay.end;
    const first = later(stay.start, day);
    const last = earlier(leaves, end);
    const nights = daysBetween(first, addDays(last, -1)).length;
    if (nights <= 0) continue;
    freeUntil(first);
    cells.push({ day: first, stay, nights, isOverdue });
    day = last;
  }
  freeUntil(end);
  return cells;
}

const earlier = (a: string, b: string) => (a < b ? a : b);
const later = (a: string, b: string) => (a > b ? a : b);
