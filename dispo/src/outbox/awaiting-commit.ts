/** Longer than a request waits for its transaction, which may have been committed even if the request failed. */
const LONGEST_WAIT_MS = 15_000;

/**
 * The events that this process has inserted and whose commit it has not seen yet. On PostgreSQL, a sweep can read such an
 * event before the response to its commit arrives. The request will publish it, so the sweep must not.
 */
export interface AwaitingCommit {
  add(id: string): void;
  /** Call when the request publishes the event. */
  delete(id: string): void;
  /** False also for an event whose request must have failed by now. */
  has(id: string): boolean;
}

/** @param now - milliseconds on a monotonic clock */
export function createAwaitingCommit(now: () => number): AwaitingCommit {
  const insertedAt = new Map<string, number>();
  const isOver = (time: number) => now() - time > LONGEST_WAIT_MS;
  return {
    add(id) {
      for (const [oldest, time] of insertedAt) {
        if (!isOver(time)) break;
        insertedAt.delete(oldest);
      }
      insertedAt.set(id, now());
    },
    delete: (id) => void insertedAt.delete(id),
    has(id) {
      const time = insertedAt.get(id);
      return time !== undefined && !isOver(time);
    },
  };
}
