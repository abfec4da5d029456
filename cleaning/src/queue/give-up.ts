import { type DeadReason, foreignTo } from '@hotel/contracts';
import { DeadlineError } from './deadline.ts';
import { EventNotValidError, JobTooLargeError, parseEvent } from './envelope.ts';
import { errorOfUnreadable } from './unreadable.ts';

/** A job whose workers have died over it, again and again. */
export class StalledTooOftenError extends Error {
  override name = 'StalledTooOftenError';

  constructor(times: number) {
    super(`its worker has died or hung ${times} times while it was at it`);
  }
}

/** What of a job tells whether there will be another attempt. */
export interface TriedJob {
  id?: string | undefined;
  data: unknown;
  /** Attempts that have failed. */
  attemptsMade: number;
  opts: { attempts?: number | undefined };
}

/** Why a job is given up whose attempt has just failed and is not counted yet; undefined: it is tried again. */
export function reasonToGiveUp(job: TriedJob, error: unknown): DeadReason | undefined {
  if (error instanceof EventNotValidError) return foreignTo(job.data) ?? 'not_valid';
  if (error instanceof JobTooLargeError) return 'too_large';
  if (error instanceof StalledTooOftenError) return 'stalled';
  if (job.attemptsMade + 1 < (job.opts.attempts ?? 1)) return undefined;
  return error instanceof DeadlineError ? 'deadline' : 'attempts_used_up';
}

/** Why a job was given up that is found among the failed ones: what its last attempt threw has gone with its worker. */
export function reasonInHindsight(job: TriedJob): DeadReason {
  try {
    parseEvent({ id: job.id ?? '', data: job.data });
  } catch {
    if (errorOfUnreadable(job.data) instanceof JobTooLargeError) return 'too_large';
    return foreignTo(job.data) ?? 'not_valid';
  }
  return job.attemptsMade < (job.opts.attempts ?? 1) ? 'stalled' : 'attempts_used_up';
}
