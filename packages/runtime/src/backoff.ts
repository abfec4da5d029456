import { BoundedMap } from './bounded-map.ts';

/** Upper bound on tracked items; beyond it the oldest is forgotten and retried early. */
const MAX_THINGS = 10_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 300_000;

/** Exponential backoff per item: the first retry is immediate, later ones wait longer each time. */
export interface Backoff {
  isDue(id: string): boolean;
  /** Records a failure or a retry. */
  note(id: string): void;
  /** Number of records. */
  count(id: string): number;
  forget(id: string): void;
}

export function createBackoff(now: () => number): Backoff {
  const noted = new BoundedMap<string, { count: number; dueAt: number }>(MAX_THINGS);
  return {
    isDue: (id) => now() >= (noted.get(id)?.dueAt ?? 0),
    note(id) {
      const count = (noted.get(id)?.count ?? 0) + 1;
      const pauseMs = count === 1 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (count - 2), LONGEST_PAUSE_MS);
      noted.set(id, { count, dueAt: now() + pauseMs });
    },
    count: (id) => noted.get(id)?.count ?? 0,
    forget: (id) => void noted.delete(id),
  };
}
