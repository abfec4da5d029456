import { type BookingEventData, eventTypes } from '@hotel/contracts';
import type { ColumnFactory, Database } from '@hotel/database';
import { mapFields, type StayField, type StayFields, stayFields } from './bookings/fields.ts';
import { toDomainError } from './errors.ts';

export const bookingStatuses = ['booked', 'checked_in', 'checked_out', 'cancelled'] as const;
export const cleaningStates = ['pending', 'planned', 'failed'] as const;

/** dispo's database, with its tables for the statements. */
export type DispoDatabase = Database & { tables: Tables };

export function withTables(database: Database): DispoDatabase {
  return {
    ...database,
    tables: createTables(database.columns),
    write: (body, options) =>
      database.write(body, options).catch((error: unknown) => {
        throw toDomainError(error);
      }),
  };
}

export type Tables = ReturnType<typeof createTables>;
export type Room = Tables['rooms']['$inferSelect'];
export type Booking = Tables['bookings']['$inferSelect'];
export type OutboxRow = Tables['outbox']['$inferSelect'];

function createTables({ table, integer, text }: ColumnFactory) {
  const columns = columnsOf({ integer, text });
  const bookingColumns = () => ({
    id: integer().primaryKey(),
    ...mapFields<StayColumns>((name) => {
      const { column, isNullable } = stayFields[name];
      return columns[isNullable ? 'nullable' : 'required'][column]() as StayColumns[StayField];
    }),
    status: text({ enum: bookingStatuses }).notNull(),
    cleaning: text({ enum: cleaningStates }).notNull(),
    revision: integer().notNull(),
  });
  const outboxColumns = () => ({
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
  return {
    rooms: table('rooms', {
      id: integer().primaryKey(),
      number: text().notNull(),
      name: text().notNull(),
    }),
    /** A booking with its public columns. */
    bookings: table('bookings', bookingColumns()),
    /** The same table with its internal columns: traceparent of the last cleaning result and day of check-out. */
    tracedBookings: table('bookings', {
      ...bookingColumns(),
      // Explicit names, here and below: drizzle caches a table's columns by table name, and would resolve unnamed ones
      // against the first table.
      cleaning_traceparent: text('cleaning_traceparent'),
      departed: text('departed'),
    }),
    /** An event with the columns that both databases have. */
    outbox: table('outbox', outboxColumns()),
    /** The same table with those that only PostgreSQL has: when a relay wrote or claimed the event last, and which. */
    claimedOutbox: table('outbox', {
      ...outboxColumns(),
      claimed_at: text('claimed_at'),
      claimed_by: text('claimed_by'),
    }),
    idempotencyKeys: table('idempotency_keys', {
      id: integer().primaryKey(),
      caller: text().notNull(),
      key: text().notNull(),
      ordinal: integer().notNull(),
      body_sha256: text().notNull(),
      booking_id: integer().notNull(),
      created_at: text().notNull(),
    }),
  };
}

function columnsOf({ integer, text }: Pick<ColumnFactory, 'integer' | 'text'>) {
  return {
    required: { integer: () => integer().notNull(), text: () => text().notNull() },
    nullable: { integer: () => integer(), text: () => text() },
  };
}

type Nullability<F extends StayField> = StayFields[F]['isNullable'] extends true ? 'nullable' : 'required';
type StayColumns = {
  [F in StayField]: ReturnType<ReturnType<typeof columnsOf>[Nullability<F>][StayFields[F]['column']]>;
};
