import {
  type BookingEvent,
  type CleaningResult,
  cleaningResultPath,
  type InternalTarget,
  type identifyEvent,
  internalCall,
} from '@hotel/contracts';
import { tracedFetch } from '@hotel/http-client';
import { withoutValues } from '@hotel/log';
import type { Applied } from '../plan/repository.ts';

const TIMEOUT_MS = 5_000;

/** Statuses from a proxy in front of a dispo that is down, or from a dispo that cannot write now. */
const UNAVAILABLE = [502, 503, 504];

/** dispo has not acknowledged the outcome of an event; the callback must be retried. */
export class NotConfirmedError extends Error {
  override name = 'NotConfirmedError';
}

/** The reason is an outage of dispo, not the event. */
export class DispoUnavailableError extends NotConfirmedError {
  override name = 'DispoUnavailableError';
}

/** The booking event in a failed message, as far as the message can be read. */
export type FailedEvent = NonNullable<ReturnType<typeof identifyEvent>>;

/** Reports the outcome of an event to dispo. */
export interface Callback {
  /** Confirms an event that has taken effect. @throws NotConfirmedError */
  confirm(event: BookingEvent, applied: Applied, signal: AbortSignal): Promise<void>;
  /** Reports that an event is a dead letter. @throws NotConfirmedError */
  reportFailed(event: FailedEvent): Promise<void>;
}

export function createCallback(dispo: InternalTarget): Callback {
  return {
    async confirm({ id, data }, { isPlanned, epoch }, signal) {
      const known = { event_id: id, revision: data.revision };
      const outdated = { ...known, result: 'outdated', ...(epoch === '' ? {} : { epoch }) } as const;
      const result = isPlanned ? ({ ...known, result: 'planned' } as const) : outdated;
      const { status, where } = await put(dispo, data.booking_id, result, signal);
      if (status !== 204) throw refusal(status, where);
    },
    async reportFailed({ event_id, booking_id, revision }) {
      const known = revision === undefined ? { event_id } : { event_id, revision };
      const { status, where } = await put(dispo, booking_id, { ...known, result: 'failed' });
      // 404 and 409: dispo does not have the booking, or the event belongs to another one. Nothing to report.
      if (![204, 404, 409].includes(status)) throw refusal(status, where);
    },
  };
}

function refusal(status: number, where: string): NotConfirmedError {
  const message = `dispo answered ${status} to PUT ${where}`;
  return UNAVAILABLE.includes(status) ? new DispoUnavailableError(message) : new NotConfirmedError(message);
}

async function put(dispo: InternalTarget, bookingId: number, result: CleaningResult, signal?: AbortSignal) {
  const { url, headers } = internalCall(dispo, cleaningResultPath(bookingId));
  const { status } = await tracedFetch(url, {
    method: 'PUT',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(result),
    timeoutMs: TIMEOUT_MS,
    ...(signal ? { signal } : {}),
  }).catch((cause: unknown) => {
    const { message, name } = withoutValues(cause);
    const reason = message || name;
    throw new DispoUnavailableError(`dispo cannot be reached at ${url.origin} (${reason})`, { cause });
  });
  return { status, where: url.origin + url.pathname };
}
