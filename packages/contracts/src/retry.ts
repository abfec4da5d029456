/** How an event of `CLEANING_QUEUE` is retried. dispo sets attempts and backoff on each job; the worker applies the deadline. */
export const eventRetry = {
  /** Includes the first attempt. After the last one the event becomes a dead letter. */
  attempts: 8,
  /** Default delay before the first retry. */
  backoffMs: 500,
  /** Share of each delay that is random. */
  jitter: 0.5,
  /** Time limit of an attempt. */
  deadlineMs: 30_000,
} as const;

/** BullMQ's job options. The delay doubles with each retry. */
export function retryOptions(backoffMs: number = eventRetry.backoffMs): {
  attempts: number;
  backoff: { type: 'exponential'; delay: number; jitter: number };
} {
  const { attempts, jitter } = eventRetry;
  return { attempts, backoff: { type: 'exponential', delay: backoffMs, jitter } };
}
