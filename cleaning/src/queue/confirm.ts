import { type BookingEvent, type CleaningResult, cleaningResultPath } from '@hotel/contracts';
import { tracedFetch } from '@hotel/telemetry';

const ANSWER_WITHIN_MS = 5_000;

/** dispo does not know yet that an event has had its effect. It has to be told again. */
export class NotConfirmedError extends Error {
  override name = 'NotConfirmedError';
}

/** Tells dispo that an event has had its effect. @throws NotConfirmedError */
export type Confirm = (event: BookingEvent, signal: AbortSignal) => Promise<void>;

export function createConfirm(dispoUrl: string): Confirm {
  return async ({ id, data }, signal) => {
    const url = new URL(cleaningResultPath(data.booking_id), dispoUrl);
    const result: CleaningResult = { event_id: id, revision: data.revision, result: 'planned' };
    const response = await tracedFetch(url, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(result),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    }).catch((cause: unknown) => {
      throw new NotConfirmedError(`dispo cannot be reached at ${url.origin} (${reasonOf(cause)})`, { cause });
    });
    // An answer that is not read to its end keeps its connection.
    await response.body?.cancel();
    if (response.status !== 204) {
      throw new NotConfirmedError(`dispo answered ${response.status} to PUT ${url.origin}${url.pathname}`);
    }
  };
}

/** `fetch` says only that it failed; why is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1_000} s`;
  const cause = error.cause ?? error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
