import { deadLetterId } from '@hotel/contracts';
import { readEnvelope } from '../messages/envelope.ts';

const MISMATCHED = 'mismatched-';

/**
 * The id of a job's dead letter. A job whose event has another id must not occupy the dead letter of the event that
 * the job's id names: dispo would wait for a redrive and never publish that event again.
 */
export function deadLetterIdOf(jobId: string, data: unknown): string {
  return hasIdOfEvent(jobId, data) || jobId.startsWith(MISMATCHED) ? deadLetterId(jobId) : MISMATCHED + jobId;
}

/** Whether a job's event has the job's id; also true for data that is not an event. */
export function hasIdOfEvent(jobId: string, data: unknown): boolean {
  return (readEnvelope(data).id ?? jobId) === jobId;
}
