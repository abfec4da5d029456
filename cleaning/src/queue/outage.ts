import { isDatabaseOutage } from '@hotel/database';
import type { Job } from 'bullmq';
import { DispoUnavailableError } from './callback.ts';
import { deadLetterReason } from './dead-letters/reason.ts';
import { readEnvelope } from './messages/envelope.ts';

/**
 * Whether a job ends without a dead letter although its attempts are used up: dispo or the database was unavailable, so
 * dispo's outbox still has the event, and publishes it again once the job is gone. Not for a redriven job, which has a
 * dead letter.
 */
export function isLeftToOutbox(job: Job<unknown>, error: unknown): boolean {
  const isOutage = error instanceof DispoUnavailableError || isDatabaseOutage(error);
  if (!isOutage || readEnvelope(job.data).isRedriven) return false;
  return deadLetterReason(job, error) !== undefined;
}
