import { BoundedMap } from '@hotel/runtime';

/** Upper bound on remembered events; beyond it the oldest is sent again sooner than it should. */
const MAX_EVENTS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** When events may be sent again that failed, or that Redis has lost: at once for the first time, then after growing pauses. */
export interface Resends {
  isDue(id: string): boolean;
  /** It was sent again, or it could not be sent. */
  note(id: string): void;
  /** How often it was noted. */
  count(id: string): number;
}

export function createResends(now: () => number): Resends {
  const noted = new BoundedMap<string, { count: number; dueAt: number }>(MAX_EVENTS);
  return {
    isDue: (id) => now() >= (noted.get(id)?.dueAt ?? 0),
    note(id) {
      const count = (noted.get(id)?.count ?? 0) + 1;
      const pauseMs = count === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (count - 2), LONGEST_PAUSE_MS);
      noted.set(id, { count, dueAt: now() + pauseMs });
    },
    count: (id) => noted.get(id)?.count ?? 0,
  };
}
