import { nextDay, type Stay } from './model.ts';
import type { Random } from './random.ts';

/** Far from today in both directions, so that neither today's date nor a wrong clock affects a check-out. */
const FIRST_DAYS = ['2019-01-01', '2041-01-01'];
const DAYS_A_RANGE = 720;
export const RANGES = FIRST_DAYS.map((start) => ({ start, end: nextDay(start, DAYS_A_RANGE + 20) }));
const LONGEST_STAY = 4;

export function randomStay(random: Random, roomIds: readonly number[]): Pick<Stay, 'room_id' | 'start' | 'end'> {
  const start = nextDay(random.pick(FIRST_DAYS), random.int(0, DAYS_A_RANGE));
  return { room_id: random.pick(roomIds), start, end: randomEnd(random, start) };
}

export function randomEnd(random: Random, start: string): string {
  return nextDay(start, random.int(1, LONGEST_STAY));
}
