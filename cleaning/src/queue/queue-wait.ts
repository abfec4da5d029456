import { BoundedMap } from '@hotel/runtime';

/** Upper bound on remembered retries, since another worker may take them. */
const MAX_RETRIES = 10_000;

/** The properties of a job that determine its wait. */
export interface WaitingJob {
  id?: string | undefined;
  /** When it was enqueued, in milliseconds since 1970, by the producer's clock. */
  timestamp: number;
}

export interface QueueWait {
  /** Records a failed attempt whose retry is due in `delayMs`. */
  noteRetry(job: WaitingJob, delayMs: number): void;
  /**
   * Milliseconds since the job was due. For a first attempt this compares the clocks of two hosts: it is off by their
   * difference, and negative if the producer's clock is ahead by more than the wait.
   */
  waitedMs(job: WaitingJob): number;
}

/**
 * Measures waits without the backoff. BullMQ does not store when a retry was due, so this remembers it; a worker
 * that did not see the failure counts from the time the job was enqueued.
 */
export function createQueueWait(now: () => number): QueueWait {
  const due = new BoundedMap<string, number>(MAX_RETRIES);
  return {
    noteRetry({ id }, delayMs) {
      if (id !== undefined) due.set(id, now() + delayMs);
    },
    waitedMs({ id = '', timestamp }) {
      const dueAt = due.get(id);
      due.delete(id);
      // Both times are from this process's clock; BullMQ may be a millisecond early.
      return dueAt === undefined ? now() - timestamp : Math.max(0, now() - dueAt);
    },
  };
}
