import { eventRetry } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import { captureContext, EVENT_MESSAGE_FAILED, noteDeadLetter } from '@hotel/telemetry';
import type { Job } from 'bullmq';
import { storeFinalAttempt } from './dead-letters/final-attempt.ts';
import { deadLetterIdOf } from './dead-letters/id.ts';
import { deadLetterReason, StalledTooOftenError } from './dead-letters/reason.ts';
import type { DeadLetterStore } from './dead-letters/store.ts';
import { withDeadline } from './deadline.ts';
import type { JobLock } from './job-lock.ts';
import { readEnvelope } from './messages/envelope.ts';
import { errorOfUnreadable } from './messages/unreadable.ts';
import { isLeftToOutbox } from './outage.ts';
import type { ProcessEvent } from './process-event.ts';

/** A crash is usually not the job's fault, so a job becomes a dead letter only after this many crashes. */
const MAX_STALLED_COUNT = 10;

export interface AttemptOptions {
  processEvent: ProcessEvent;
  deadLetters: Pick<DeadLetterStore, 'remove'>;
  log: Logger;
  /** Time limit of an attempt. */
  deadlineMs?: number | undefined;
}

/** Returns what makes one attempt at a job, inside its `process` span. It rejects if the attempt has failed. */
export function createAttempt(options: AttemptOptions): (job: Job<unknown>, lock: JobLock) => Promise<void> {
  const { processEvent, deadLetters, log, deadlineMs = eventRetry.deadlineMs } = options;
  return async (job, lock) => {
    try {
      await requireReadable(job);
      if (job.stalledCounter > MAX_STALLED_COUNT) throw new StalledTooOftenError(job.stalledCounter);
      await withDeadline(deadlineMs, (signal) =>
        processEvent({ id: job.id ?? '', data: job.data }, { signal, requireLock: lock.require }),
      );
      if (readEnvelope(job.data).isRedriven) await deadLetters.remove(deadLetterIdOf(job.id ?? '', job.data));
    } catch (error) {
      const reason = deadLetterReason(job, error);
      if (reason && !isLeftToOutbox(job, error) && (await isHeld(lock))) {
        noteDeadLetter(reason);
        storeFinalAttempt(job, { reason, context: captureContext() });
      }
      log.warn(
        { event_name: EVENT_MESSAGE_FAILED, err: error, job_id: job.id, attempt: job.attemptsStarted },
        'failed to process an event',
      );
      throw error;
    }
  };
}

/** Comes first, because a failed job must be readable in Redis. */
async function requireReadable(job: Job<unknown>): Promise<void> {
  const error = errorOfUnreadable(job.data);
  if (!error) return;
  // If this update fails, the dead letter is written from memory.
  await job.updateData(job.data).catch(() => {});
  throw error;
}

const isHeld = (lock: JobLock) =>
  lock.require().then(
    () => true,
    () => false,
  );
