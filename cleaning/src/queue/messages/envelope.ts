import { type BookingEvent, eventSchema, incompatibilityOf } from '@hotel/contracts';

const SHOWN_PROBLEMS = 5;

/** The message is not a valid event. A retry cannot succeed. */
export class EventNotValidError extends Error {
  readonly code = 'event_not_valid';
  override name = 'EventNotValidError';
}

/** The job's data is far larger than any event. */
export class JobTooLargeError extends Error {
  override name = 'JobTooLargeError';
}

/** The fields that carry the trace context. */
type TraceFields = Partial<Record<'traceparent' | 'tracestate' | 'baggage', string>>;

export interface Envelope {
  /** Trace context of the `send` span. */
  carrier: TraceFields;
  subject: string | undefined;
  /** Event id. */
  id: string | undefined;
  /** Whether the message was redriven; its dead letter still exists. */
  isRedriven: boolean;
  /** W3C traceparent of the attempt that failed before the redrive. */
  failedTraceparent: string | undefined;
}

/**
 * Reads what a trace needs from an unvalidated message, so that a message that is not an event also has a span in
 * its producer's trace. Invalid fields are left out.
 */
export function readEnvelope(data: unknown): Envelope {
  const fields = typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
  const carrier: TraceFields = {};
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
  not_valid: 'not a valid dispo event',
  unknown_type: 'of a type unknown to this worker',
  newer_version: 'of a newer contract than this worker supports',
};

/** A job as passed to its handler. */
export interface Message {
  /** Job id. Must equal the event id, which the queue and the outbox use to detect duplicates. */
  id: string;
  data: unknown;
}

/** @throws EventNotValidError that names the invalid fields without their values */
export function parseEvent({ id, data }: Message): BookingEvent {
  const result = eventSchema.safeParse(data);
  if (result.success && result.data.id === id) return result.data;
  const issues = result.success ? [{ path: ['id'], message: 'differs from the id of its job' }] : result.error.issues;
  const problems = issues.slice(0, SHOWN_PROBLEMS).map(({ path, message }) => {
    const field = path.map(String).join('.');
    return field ? `${field}: ${message}` : message;
  });
  const what = sentences[incompatibilityOf(data) ?? 'not_valid'];
  throw new EventNotValidError(`the job is ${what}: ${problems.join('; ')}`);
}
