import { type DeadReason, incompatibilityOf } from '@hotel/contracts';
import { DeadlineError } from '../deadline.ts';
import { LockLostError } from '../job-lock.ts';
import { EventNotValidError, JobTooLargeError, parseEvent } from '../messages/envelope.ts';
import { errorOfUnreadable } from '../messages/unreadable.ts';

/** The job's workers have crashed too often. */
export class StalledTooOftenError extends Error {
  override name = 'StalledTooOftenError';

  constructor(times: number) {
    super(`its worker died or hung ${times} times while processing it`);
  }
}

/** The properties of a job that decide whether it is retried. */
export interface TriedJob {
  id?: string | undefined;
  data: unknown;
  /** Failed attempts. */
  attemptsMade: number;
  opts: { attempts?: number | undefined };
}

/**
 * Why a job becomes a dead letter after an attempt that failed with `error` and is not counted yet; undefined if it is
 * retried.
 */
export function deadLetterReason(job: TriedJob, error: unknown): DeadReason | undefined {
  if (error instanceof LockLostError) return undefined;
  if (error instanceof EventNotValidError) return incompatibilityOf(job.data) ?? 'not_valid';
  if (error instanceof JobTooLargeError) return 'too_large';
  if (error instanceof StalledTooOftenError) return 'stalled';
  if (job.attemptsMade + 1 < (job.opts.attempts ?? 1)) return undefined;
  return error instanceof DeadlineError ? 'deadline' : 'attempts_used_up';
}

/** Why a failed job is a dead letter, when the error of its last attempt was lost with its worker. */
export function reasonOfFailedJob(job: TriedJob): DeadReason {
  try {
    parseEvent({ id: job.id ?? '', data: job.data });
  } catch {
    if (errorOfUnreadable(job.data) instanceof JobTooLargeError) return 'too_large';
    return incompatibilityOf(job.data) ?? 'not_valid';
  }
  return job.attemptsMade < (job.opts.attempts ?? 1) ? 'stalled' : 'attempts_used_up';
}
