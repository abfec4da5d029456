import { type BookingEventData, eventTypes } from '@hotel/contracts';
import { integer, sqliteTable, text } from '@hotel/sqlite/drizzle';
import { mapFields, type StayField, type StayFields, stayFields } from './bookings/fields.ts';

export const bookingStatuses = ['booked', 'checked_in', 'checked_out', 'cancelled'] as const;
export const cleaningStates = ['pending', 'planned', 'failed'] as const;

export const rooms = sqliteTable('rooms', {
  id: integer().primaryKey(),
  number: text().notNull(),
  name: text().notNull(),
});
export type Room = typeof rooms.$inferSelect;

const columns = {
  required: { integer: () => integer().notNull(), text: () => text().notNull() },
  nullable: { integer: () => integer(), text: () => text() },
};
type Nullability<F extends StayField> = StayFields[F]['isNullable'] extends true ? 'nullable' : 'required';
type StayColumns = {
  [F in StayField]: ReturnType<(typeof columns)[Nullability<F>][StayFields[F]['column']]>;
};

const stayColumns = () =>
  mapFields<StayColumns>((name) => {
    const { column, isNullable } = stayFields[name];
    return columns[isNullable ? 'nullable' : 'required'][column]() as StayColumns[StayField];
  });

const bookingColumns = () => ({
  id: integer().primaryKey(),
  ...stayColumns(),
  status: text({ enum: bookingStatuses }).notNull(),
  cleaning: text({ enum: cleaningStates }).notNull(),
  revision: integer().notNull(),
});

/** A booking with its public columns. */
export const bookings = sqliteTable('bookings', bookingColumns());
export type Booking = typeof bookings.$inferSelect;

/** The same table with its internal columns: traceparent of the last cleaning result and day of check-out. */
export const tracedBookings = sqliteTable('bookings', {
  ...bookingColumns(),
  // Explicit names: drizzle caches a table's columns by table name, and would resolve unnamed ones against the first
  // table.
  cleaning_traceparent: text('cleaning_traceparent'),
  departed: text('departed'),
});

export const outbox = sqliteTable('outbox', {
  id: text().primaryKey(),
  booking_id: integer().notNull(),
  type: text({ enum: eventTypes }).notNull(),
  time: text().notNull(),
  data: text({ mode: 'json' }).$type<BookingEventData>().notNull(),
  traceparent: text(),
  tracestate: text(),
  baggage: text(),
  attempt: integer().notNull().default(0),
});
export type OutboxRow = typeof outbox.$inferSelect;

export const idempotencyKeys = sqliteTable('idempotency_keys', {
  id: integer().primaryKey(),
  caller: text().notNull(),
  key: text().notNull(),
  ordinal: integer().notNull(),
  body_sha256: text().notNull(),
  booking_id: integer().notNull(),
  created_at: text().notNull(),
});
