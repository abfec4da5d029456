import { type BookingEventData, bookingSubject, type EventType } from '@hotel/contracts';
import type { Sqlite } from '@hotel/sqlite';
import { and, asc, eq, gt, inArray, sql } from '@hotel/sqlite/drizzle';
import type { Carrier } from '@hotel/telemetry';
import { v7 as newEventId } from 'uuid';
import { bookings, type OutboxRow, outbox } from '../schema.ts';

/** The trace context that an event is written with. */
export type EventContext = Carrier;

/** An outbox row as the relay needs it. */
export type PendingEvent = Omit<OutboxRow, 'booking_id' | 'traceparent' | 'tracestate' | 'baggage'> & {
  subject: string;
  /** The trace context of the request that created the event. */
  context: EventContext;
};

export interface OutboxStore {
  /**
   * Writes an event, in the current trace context by default. Call only inside the transaction that changes the
   * booking.
   */
  append(type: EventType, data: BookingEventData, context?: EventContext): PendingEvent;
  /** Deletes a confirmed event of this booking; undefined when there is none. Call only inside a transaction. */
  confirm(id: string, bookingId: number): { revision: number } | undefined;
  /** Returns the booking and revision of an event; undefined once it is confirmed. */
  find(id: string): { booking_id: number; revision: number } | undefined;
  /** Unconfirmed events, oldest first. */
  unconfirmed(page: { after: string; limit: number }): Promise<PendingEvent[]>;
  /** The subset of `ids` that is still unconfirmed. */
  stillUnconfirmed(ids: string[]): Promise<PendingEvent[]>;
  /** Counts another publication of these events, and sets cleanings that they failed to plan back to pending. */
  countAttempt(ids: string[]): Promise<void>;
}

export function createOutboxStore(sqlite: Sqlite, captureContext: () => EventContext, now: () => Date): OutboxStore {
  const { orm, prepare } = sqlite;
  const insert = prepare(
    orm.insert(outbox).values({
      id: sql.placeholder('id'),
      booking_id: sql.placeholder('booking_id'),
      type: sql.placeholder('type'),
      time: sql.placeholder('time'),
      data: sql.placeholder('data'),
      traceparent: sql.placeholder('traceparent'),
      tracestate: sql.placeholder('tracestate'),
      baggage: sql.placeholder('baggage'),
    }),
  );
  const find = orm
    .select({ booking_id: outbox.booking_id, data: outbox.data })
    .from(outbox)
    .where(eq(outbox.id, sql.placeholder('id')))
    .prepare();
  const remove = prepare(
    orm
      .delete(outbox)
      .where(and(eq(outbox.id, sql.placeholder('id')), eq(outbox.booking_id, sql.placeholder('booking_id'))))
      .returning({ revision: sql<number>`${outbox.data} ->> 'revision'`.as('revision') }),
  );

  return {
    append(type, data, context = captureContext()) {
      // UUIDv7 ids sort by creation time, so the outbox is read in the order it was written.
      const event = { id: newEventId(), type, time: now().toISOString(), data };
      insert.run({
        ...event,
        booking_id: data.booking_id,
        traceparent: context.traceparent ?? null,
        tracestate: context.tracestate ?? null,
        baggage: context.baggage ?? null,
      });
      return { ...event, attempt: 0, subject: bookingSubject(data.booking_id), context };
    },
    confirm: (id, booking_id) => remove.get({ id, booking_id }),
    find(id) {
      const row = find.get({ id });
      return row && { booking_id: row.booking_id, revision: row.data.revision };
    },
    unconfirmed: ({ after, limit }) =>
      sqlite.read(() =>
        orm.select().from(outbox).where(gt(outbox.id, after)).orderBy(asc(outbox.id)).limit(limit).all().map(toPending),
      ),
    stillUnconfirmed: (ids) =>
      sqlite.read(() =>
        orm.select().from(outbox).where(inArray(outbox.id, ids)).orderBy(asc(outbox.id)).all().map(toPending),
      ),
    countAttempt: async (ids) => {
      if (ids.length === 0) return;
      await sqlite.write(() => {
        orm
          .update(outbox)
          .set({ attempt: sql`max(${outbox.attempt}, 1) + 1` })
          .where(inArray(outbox.id, ids))
          .run();
        // Selects by id first; otherwise the statement would scan all bookings.
        const concerned = orm.select({ id: outbox.booking_id }).from(outbox).where(inArray(outbox.id, ids));
        const republished = orm
          .select({ id: outbox.id })
          .from(outbox)
          .where(
            and(
              inArray(outbox.id, ids),
              eq(outbox.booking_id, bookings.id),
              sql`${outbox.data} ->> 'revision' = ${bookings.revision}`,
            ),
          );
        orm
          .update(bookings)
          .set({ cleaning: 'pending' })
          .where(and(inArray(bookings.id, concerned), eq(bookings.cleaning, 'failed'), sql`EXISTS ${republished}`))
          .run();
      });
    },
  };
}

function toPending({ booking_id, traceparent, tracestate, baggage, ...event }: OutboxRow): PendingEvent {
  const context = Object.fromEntries(
    Object.entries({ traceparent, tracestate, baggage }).filter(([, value]) => value !== null),
  );
  return { ...event, subject: bookingSubject(booking_id), context };
}
