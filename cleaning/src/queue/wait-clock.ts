import { BoundedMap } from '@hotel/runtime';

/** Upper bound on remembered retries: another worker may take them, and then nobody asks here. */
const MAX_RETRIES = 10_000;

/** What of a job tells how long it has waited. */
export interface WaitingJob {
  id?: string | undefined;
  /** When it was put into the queue, in milliseconds since 1970 by the clock of the host that did. */
  timestamp: number;
}

export interface WaitClock {
  /** An attempt has failed; the next one is due in `delayMs`. */
  retryIn(job: WaitingJob, delayMs: number): void;
  /**
   * How long a job that begins now has waited since it was due. From its entry into the queue on, this compares the clocks of two
   * hosts: it is off by their difference, and negative where the producer's is ahead by more than the job has waited.
   */
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
      const dueAt = due.get(id);
      due.delete(id);
      // Both ends by the clock of this process: BullMQ may be a millisecond early.
      return dueAt === undefined ? now() - timestamp : Math.max(0, now() - dueAt);
    },
  };
}
