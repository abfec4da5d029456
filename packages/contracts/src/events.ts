import { z } from 'zod';
import { MAX_NIGHTS, nightsOf, ROOM_NUMBER } from './limits.ts';

/** The BullMQ queue that dispo publishes to and cleaning-worker reads. */
export const CLEANING_QUEUE = 'cleaning';

/** An existing day of the proleptic Gregorian calendar, such as `2027-02-04`. */
const dateSchema = z.iso.date();

/**
 * The data of every booking event: the state of the booking as of this revision. A stay is the half-open interval from
 * `start` (arrival) to `end` (departure). The limits are dispo's own: dispo publishes no event beyond them.
 */
const bookingEventDataSchema = z
  .object({
    booking_id: z.int().positive(),
    /** Increases by one with each change. Within an epoch, a lower revision never overwrites a higher one. */
    revision: z.int().positive(),
    room_id: z.int().positive(),
    /** The number on the door. */
    room: z.string().regex(ROOM_NUMBER),
    start: dateSchema,
    end: dateSchema,
    /** The day of check-out if it differs from `end`: before `start` or after `end`. Older events lack it. */
    departed: dateSchema.optional(),
    /**
     * The history that ids and revisions belong to. It changes when dispo's database is restored from a backup, because
     * ids and revisions then repeat. Epochs sort by age as text; compare revisions only within one. Older events lack
     * it.
     */
    epoch: z.uuid().optional(),
  })
  .refine(({ start, end }) => start <= end, { path: ['end'], message: 'must not be before start' })
  .refine((stay) => nightsOf(stay) <= MAX_NIGHTS, {
    path: ['end'],
    message: `a stay may have ${MAX_NIGHTS} nights at most`,
  });
export type BookingEventData = z.infer<typeof bookingEventDataSchema>;

/** Event types: statements by dispo, not commands to cleaning. A job's name is its event's type. */
export const eventTypes = [
  'booking.created',
  'booking.changed',
  'booking.cancelled',
  'booking.checked_in',
  'booking.checked_out',
] as const;
export type EventType = (typeof eventTypes)[number];

/** The version of this contract. Additions do not change it: readers accept unknown fields. */
const CONTRACT_VERSION = 1;

/**
 * Marks an event that readers of version 1 would misread: its `dataschema` is `urn:hotel:event:2` (or higher). An event
 * without `dataschema`, or with any other, is version 1.
 */
function contractVersionOf(dataschema: unknown): number {
  const [, version] = /^urn:hotel:event:(\d+)$/.exec(String(dataschema)) ?? [];
  return version === undefined ? CONTRACT_VERSION : Number(version);
}

/**
 * A CloudEvents 1.0 envelope with the Distributed Tracing extension (`traceparent`, `tracestate`) and our own extension
 * `baggage`. Unknown attributes and fields are accepted: contracts only grow by addition.
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 * https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md
 */
export const eventSchema = z.object({
  specversion: z.literal('1.0'),
  /** A UUIDv7, also used as the job id. */
  id: z.uuid(),
  source: z.literal('/dispo'),
  type: z.enum(eventTypes),
  /** `bookings/42` */
  subject: z.string(),
  /** When the event occurred, RFC 3339. */
  time: z.iso.datetime(),
  datacontenttype: z.literal('application/json'),
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
  baggage: z.string().optional(),
  dataschema: z
    .string()
    .refine((text) => contractVersionOf(text) <= CONTRACT_VERSION, 'is of a newer contract')
    .optional(),
  /** When the event was redriven from the dead letters, RFC 3339. */
  redriven: z.string().optional(),
  /** W3C traceparent of the span that failed, to be linked from the next attempt. */
  failedtraceparent: z.string().optional(),
  data: bookingEventDataSchema,
});
export type BookingEvent = z.infer<typeof eventSchema>;

/**
 * Returns why this version cannot read a message: it declares a newer version (`specversion`, `dataschema`), or has an
 * unknown type, which a newer version may know. Undefined if neither applies, even if the message is otherwise invalid.
 */
export function incompatibilityOf(message: unknown): 'newer_version' | 'unknown_type' | undefined {
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
