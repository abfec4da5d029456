import { type BookingEvent, eventSchema, foreignTo } from '@hotel/contracts';
import type { Carrier } from '@hotel/telemetry';

const SHOWN_PROBLEMS = 5;

/** A message that is no event of ours. It will be none tomorrow either: trying again is no use. */
export class EventNotValidError extends Error {
  readonly code = 'event_not_valid';
  override name = 'EventNotValidError';
}

/** A job whose data is far larger than any event. */
export class JobTooLargeError extends Error {
  override name = 'JobTooLargeError';
}

export interface Envelope {
  /** The context of its `send`. */
  carrier: Carrier;
  subject: string | undefined;
  /** The event's id. */
  id: string | undefined;
  /** It was put back from the dead letters, and is still among them. */
  isRedriven: boolean;
  /** W3C traceparent of the attempt that failed then. */
  failedTraceparent: string | undefined;
}

/**
 * What a trace needs to know of a message before anybody knows whether it is an event: also one that cannot be parsed has its
 * span, in the trace of whoever sent it. Anything that is not what it should be is left out, for it may be anything.
 */
export function readEnvelope(data: unknown): Envelope {
  const fields = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const carrier: Carrier = {};
  for (const key of ['traceparent', 'tracestate', 'baggage'] as const) {
    const value = fields[key];
    if (typeof value === 'string') carrier[key] = value;
  }
  const { subject, id, redriven, failedtraceparent } = fields;
  return {
    carrier,
    subject: typeof subject === 'string' && /^bookings\/\d+$/.test(subject) ? subject : undefined,
    id: typeof id === 'string' ? id : undefined,
    isRedriven: typeof redriven === 'string',
    failedTraceparent: typeof failedtraceparent === 'string' ? failedtraceparent : undefined,
  };
}

const sentences = {
  not_valid: 'not an event of dispo',
  unknown_type: 'of a type that is not known here',
  newer_version: 'of a newer contract than this worker knows',
};

/** A job as it is handled. */
export interface Message {
  /** The job's id, which has to be the event's: the queue tells duplicates by it, and so does the outbox. */
  id: string;
  data: unknown;
}

/** @throws EventNotValidError naming the fields that are wrong, without their values. */
export function parseEvent({ id, data }: Message): BookingEvent {
  const result = eventSchema.safeParse(data);
  if (result.success && result.data.id === id) return result.data;
  const issues = result.success ? [{ path: ['id'], message: 'differs from the id of its job' }] : result.error.issues;
  const problems = issues.slice(0, SHOWN_PROBLEMS).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return field ? `${field}: ${message}` : message;
  });
  const what = sentences[foreignTo(data) ?? 'not_valid'];
  throw new EventNotValidError(`the job is ${what}: ${problems.join('; ')}`);
}
