import { z } from 'zod';
import { MAX_NIGHTS, nightsOf, ROOM_NUMBER } from './limits.ts';

/** The BullMQ queue that dispo publishes to and cleaning-worker reads. */
export const CLEANING_QUEUE = 'cleaning';

/** `2027-02-04`: a day of the proleptic Gregorian calendar that exists. */
const dateSchema = z.iso.date();

/**
 * What every event about a booking says: the booking as it is from this revision on. A stay is the half-open interval
 * from `start` (arrival) to `end` (departure). The limits are dispo's own: a message beyond them is not an event of dispo.
 */
const bookingFactsSchema = z
  .object({
    booking_id: z.int().positive(),
    /** Grows by one with every change of the booking: a lower one never overwrites a higher one of the same epoch. */
    revision: z.int().positive(),
    room_id: z.int().positive(),
    /** The number on the door. */
    room: z.string().regex(ROOM_NUMBER),
    start: dateSchema,
    end: dateSchema,
    /** The day of the check-out, where it is not `end`: before `start`, or after `end`. Events from before it existed lack it. */
    departed: dateSchema.optional(),
    /**
     * The history that ids and revisions belong to. It changes when dispo's database was restored from a backup, since they
     * repeat then. Epochs sort by age as text; revisions are compared only within one. Events from before it existed lack it.
     */
    epoch: z.uuid().optional(),
  })
  .refine(({ start, end }) => start <= end, { path: ['end'], message: 'must not be before start' })
  .refine((stay) => nightsOf(stay) <= MAX_NIGHTS, {
    path: ['end'],
    message: `a stay may have ${MAX_NIGHTS} nights at most`,
  });
export type BookingFacts = z.infer<typeof bookingFactsSchema>;

/** Facts in dispo's words, not orders to cleaning. A job's name is the event's type. */
export const eventTypes = [
  'booking.created',
  'booking.changed',
  'booking.cancelled',
  'booking.checked_in',
  'booking.checked_out',
] as const;
export type EventType = (typeof eventTypes)[number];

/** The version of this contract. Additions do not change it: a reader lets through what it does not know. */
const CONTRACT_VERSION = 1;

/**
 * How an event says that readers of version 1 would misread it: `dataschema` is `urn:hotel:event:2` (or higher). An event without
 * it, or with another `dataschema`, is of version 1.
 */
function contractVersionOf(dataschema: unknown): number {
  const [, version] = /^urn:hotel:event:(\d+)$/.exec(String(dataschema)) ?? [];
  return version === undefined ? CONTRACT_VERSION : Number(version);
}

/**
 * A CloudEvents 1.0 envelope with the Distributed Tracing extension (`traceparent`, `tracestate`) and `baggage` as an
 * extension of our own. Unknown attributes and fields are let through: contracts grow by addition only.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md
 */
export const eventSchema = z.object({
  specversion: z.literal('1.0'),
  /** A UUID version 7; the job's id as well. */
  id: z.uuid(),
  source: z.literal('/dispo'),
  type: z.enum(eventTypes),
  /** `bookings/42` */
  subject: z.string(),
  /** When the fact came to be, RFC 3339. */
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  baggage: z.string().optional(),
  dataschema: z
    .string()
    .refine((text) => contractVersionOf(text) <= CONTRACT_VERSION, 'is of a newer contract')
    .optional(),
  /** When it was put back from the dead letters, RFC 3339. The attempt that failed is named beside it. */
  redriven: z.string().optional(),
  /** W3C traceparent of the span that failed, for a link from the next attempt. */
  failedtraceparent: z.string().optional(),
  data: bookingFactsSchema,
});
export type BookingEvent = z.infer<typeof eventSchema>;

/**
 * Why a message is no event that this version of the contract can read, whatever else may be wrong with it: of a newer version
 * (`specversion`, `dataschema`), or of a type that is not known, which a newer version may know. Undefined when neither is so.
 */
export function foreignTo(message: unknown): 'newer_version' | 'unknown_type' | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { specversion, dataschema, type } = message as Record<string, unknown>;
  const isNewer = typeof specversion === 'string' && Number.parseFloat(specversion) > 1;
  if (isNewer || contractVersionOf(dataschema) > CONTRACT_VERSION) return 'newer_version';
  if (typeof type === 'string' && !eventTypes.some((known) => known === type)) return 'unknown_type';
  return undefined;
}

/** `bookings/42` */
export function bookingSubject(bookingId: number): string {
  return `bookings/${bookingId}`;
}
