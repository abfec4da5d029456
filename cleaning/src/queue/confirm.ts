import {
  type BookingEvent,
  type CleaningResult,
  cleaningResultPath,
  type eventFactsOf,
  type InternalTarget,
  internalCall,
} from '@hotel/contracts';
import { tracedFetch, withoutValues } from '@hotel/telemetry';
import type { Applied } from '../plan/repository.ts';

const ANSWER_WITHIN_MS = 5_000;

/** dispo has not acknowledged the outcome of an event; the callback must be retried. */
export class NotConfirmedError extends Error {
  override name = 'NotConfirmedError';
}

/** Reports the outcome of an event to dispo. @throws NotConfirmedError */
export type Confirm = (event: BookingEvent, applied: Applied, signal: AbortSignal) => Promise<void>;

export function createConfirm(dispo: InternalTarget): Confirm {
  return async ({ id, data }, { isPlanned, epoch }, signal) => {
    const known = { event_id: id, revision: data.revision };
    const outdated = { ...known, result: 'outdated', ...(epoch === '' ? {} : { epoch }) } as const;
    const result = isPlanned ? ({ ...known, result: 'planned' } as const) : outdated;
    const { status, where } = await put(dispo, data.booking_id, result, signal);
    if (status !== 204) throw new NotConfirmedError(`dispo answered ${status} to PUT ${where}`);
  };
}

/** The booking event in a failed message, as far as the message can be read. */
export type FailedEvent = NonNullable<ReturnType<typeof eventFactsOf>>;

/** Reports to dispo that an event is a dead letter. @throws NotConfirmedError */
export type TellFailed = (event: FailedEvent) => Promise<void>;

export function createTellFailed(dispo: InternalTarget): TellFailed {
  return async ({ event_id, booking_id, revision }) => {
    const known = revision === undefined ? { event_id } : { event_id, revision };
    const { status, where } = await put(dispo, booking_id, { ...known, result: 'failed' });
    // 404 and 409: dispo does not have the booking, or the event belongs to another one. Nothing to report.
    if (![204, 404, 409].includes(status)) throw new NotConfirmedError(`dispo answered ${status} to PUT ${where}`);
  };
}

async function put(dispo: InternalTarget, bookingId: number, result: CleaningResult, signal?: AbortSignal) {
  const { url, headers } = internalCall(dispo, cleaningResultPath(bookingId));
  const { status } = await tracedFetch(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(result),
    timeoutMs: ANSWER_WITHIN_MS,
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    const { message, name } = withoutValues(cause);
    const reason = message || name;
    throw new NotConfirmedError(`dispo cannot be reached at ${url.origin} (${reason})`, { cause });
  });
  return { status, where: url.origin + url.pathname };
}
