import { z } from 'zod';

/** The queue for messages that the consumer of `cleaning` has given up on, in the same Redis under the same prefix. */
export const DEAD_LETTER_QUEUE = 'cleaning-dead';

/** Why a message was dead-lettered. */
export const deadReasons = [
  /** Not an event. */
  'not_valid',
  /** The data is far larger than any event. It was neither read nor kept. */
  'too_large',
  /** Unknown event type. A newer consumer may know it. */
  'unknown_type',
  /** The message declares a newer contract (`specversion`, `dataschema`) and needs a newer consumer. */
  'newer_version',
  /** Every attempt failed. */
  'attempts_used_up',
  /** Every attempt failed; the last one timed out. */
  'deadline',
  /** The worker crashed repeatedly while processing it. */
  'stalled',
] as const;
export type DeadReason = (typeof deadReasons)[number];

/**
 * The data of a job in `cleaning-dead`. The job keeps the id, name and options of the original. It stays until a
 * redriven attempt succeeds or a person drops it.
 */
export const deadLetterSchema = z.object({
  /** The data of the failed job, unchanged. If it could not be read: the problem and the size. */
  message: z.unknown(),
  reason: z.enum(deadReasons),
  /** The error message of the last attempt. */
  error: z.string(),
  /** W3C traceparent of the last attempt's span. Absent without telemetry. */
  traceparent: z.string().optional(),
  /** RFC 3339. */
  failed_at: z.iso.datetime(),
  /** Number of attempts made. */
  attempts: z.int().min(0),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** The dead letter's job id. BullMQ generates plain numbers but rejects them as custom ids. */
export function deadLetterId(jobId: string): string {
  return /^\d+$/.test(jobId) ? `job-${jobId}` : jobId;
}

/** The message to put back into `cleaning`: in its own trace, with a reference to the failed attempt. */
export function redrivenMessage({ message, traceparent }: DeadLetter, now: Date): unknown {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message;
  const { failedtraceparent: _, ...original } = message as Record<string, unknown>;
  const reference = traceparent === undefined ? {} : { failedtraceparent: traceparent };
  return { ...original, redriven: now.toISOString(), ...reference };
}

/** Identifies the event for dispo, as far as a message with arbitrary content allows. */
export function identifyEvent(
  jobId: string,
  message: unknown,
): { event_id: string; booking_id: number; revision: number | undefined } | undefined {
  const fields = z.looseObject({ subject: z.unknown(), data: z.unknown() }).safeParse(message).data;
  const facts = z.looseObject({ booking_id: z.unknown(), revision: z.unknown() }).safeParse(fields?.data).data;
  const [, fromSubject] = /^bookings\/(\d+)$/.exec(String(fields?.subject)) ?? [];
  const bookingId = z
    .int()
    .positive()
    .safeParse(facts?.booking_id ?? Number(fromSubject)).data;
  const eventId = z.uuid().safeParse(jobId).data;
  if (bookingId === undefined || eventId === undefined) return undefined;
  return { event_id: eventId, booking_id: bookingId, revision: z.int().positive().safeParse(facts?.revision).data };
}
