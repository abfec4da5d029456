import { deadLetterId } from '@hotel/contracts';
import { readEnvelope } from './envelope.ts';

const MISMATCHED = 'mismatched-';

/**
 * The id of a job's dead letter. A job that carries an event of another id must not take the place of the letter that the event with
 * the job's id would get: dispo would wait for that letter to be redriven, and never publish its event again.
 */
export function letterIdOf(jobId: string, data: unknown): string {
  return carriesItself(jobId, data) || jobId.startsWith(MISMATCHED) ? deadLetterId(jobId) : MISMATCHED + jobId;
}

/** Whether the event in a job is the one that the job's id names; also true of what is no event. */
export function carriesItself(jobId: string, data: unknown): boolean {
  return (readEnvelope(data).id ?? jobId) === jobId;
}
