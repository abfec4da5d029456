import { BoundedMap } from '@hotel/runtime';

/** Upper bound on remembered retries: another worker may take them, and then nobody asks here. */
const MAX_RETRIES = 10_000;

/** What of a job tells how long it has waited. */
export interface WaitingJob {
  id?: string | undefined;
  /** When it was put into the queue, in milliseconds since 1970. */
  timestamp: number;
}

export interface WaitClock {
  /** An attempt has failed; the next one is due in `delayMs`. */
  retryIn(job: WaitingJob, delayMs: number): void;
  /** How long a job that begins now has waited since it was due. */
  waitedMs(job: WaitingJob): number;
}

/**
 * A backoff is not a wait: nobody is late during it. BullMQ forgets when a retry was due, so this remembers it; a worker that
 * did not see the failure itself counts from the job's entry into the queue.
 */
export function createWaitClock(now: () => number): WaitClock {
  const due = new BoundedMap<string, number>(MAX_RETRIES);
  return {
    retryIn({ id }, delayMs) {
      if (id !== undefined) due.set(id, now() + delayMs);
    },
    waitedMs({ id = '', timestamp }) {
      const since = due.get(id) ?? timestamp;
      due.delete(id);
      return Math.max(0, now() - since);
    },
  };
}
