import { z } from 'zod';

/** Where a message goes that the consumer of `cleaning` has given up, in the same Redis, under the same prefix. */
export const DEAD_LETTER_QUEUE = 'cleaning-dead';

/** Why a message was given up. */
export const deadReasons = [
  /** It is no event at all. */
  'not_valid',
  /** Its data is far larger than any event. It was neither read nor kept. */
  'too_large',
  /** Its type is not known here. A newer consumer may know it. */
  'unknown_type',
  /** It says that it is of a newer contract (`specversion`, `dataschema`), and waits for a consumer that can read it. */
  'newer_version',
  /** Every attempt failed. */
  'attempts_used_up',
  /** Every attempt failed, and the last one because its time was up. */
  'deadline',
  /** Its worker died over it, again and again. */
  'stalled',
] as const;
export type DeadReason = (typeof deadReasons)[number];

/**
 * The data of a job of `cleaning-dead`. Its id is the message's, its name too, and its options are those that the message had. It
 * stays there until a redriven attempt has succeeded, or a person drops it.
 */
export const deadLetterSchema = z.object({
  /** The data of the job that failed, untouched. If it could not be read: what was wrong with it, and its size. */
  message: z.unknown(),
  reason: z.enum(deadReasons),
  /** What the last attempt said. */
  error: z.string(),
  /** W3C traceparent of the last attempt's span. Unknown without telemetry. */
  traceparent: z.string().optional(),
  /** RFC 3339. */
  failed_at: z.iso.datetime(),
  /** How many attempts were made. */
  attempts: z.int().min(0),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

/** The id of the dead letter of a job. BullMQ's own ids are plain numbers, which it does not take back as they are. */
export function deadLetterId(jobId: string): string {
  return /^\d+$/.test(jobId) ? `job-${jobId}` : jobId;
}

/** What goes back to `cleaning`: the message in its own trace, with a reference to the attempt that failed. */
export function redrivenMessage({ message, traceparent }: DeadLetter, now: Date): unknown {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return message;
  const { failedtraceparent: _, ...original } = message as Record<string, unknown>;
  const reference = traceparent === undefined ? {} : { failedtraceparent: traceparent };
  return { ...original, redriven: now.toISOString(), ...reference };
}

/** What dispo needs to know which event is meant; as far as a message that may be anything tells it. */
export function eventFactsOf(
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
