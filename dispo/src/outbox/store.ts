import { type BookingEventData, bookingSubject, type EventType } from '@hotel/contracts';
import type { Step } from '@hotel/database';
import type { Carrier } from '@hotel/telemetry';
import { v7 as newEventId } from 'uuid';
import type { DispoDatabase, OutboxRow } from '../schema.ts';
import { type AwaitingCommit, createAwaitingCommit } from './awaiting-commit.ts';
import type { EncodedRow } from './columns.ts';
import { prepareOutboxStatements, type RemovedEvent } from './statements.ts';

/** The trace context that an event is written with. */
export type EventContext = Carrier;

/** An outbox row as the relay needs it. */
export type PendingEvent = Omit<OutboxRow, 'booking_id' | 'traceparent' | 'tracestate' | 'baggage'> & {
  subject: string;
  /** The trace context of the request that created the event. */
  context: EventContext;
};

export interface OutboxStore {
  /** The appended events whose commit this process has not seen yet. */
  awaitingCommit: AwaitingCommit;
  /**
   * Writes an event in the current epoch, in the current trace context by default. Call only inside the transaction
   * that changes the booking.
   */
  append(type: EventType, data: Omit<BookingEventData, 'epoch'>, context?: EventContext): Step<PendingEvent>;
  /** Deletes a confirmed event of this booking; undefined when there is none. Call only inside a transaction. */
  confirm(id: string, bookingId: number): Step<RemovedEvent | undefined>;
  /** Returns the booking and revision of an event; undefined once it is confirmed. */
  find(id: string): Step<{ booking_id: number; revision: number } | undefined>;
  /** Unconfirmed events, oldest first. */
  unconfirmed(page: { after: string; limit: number }): Promise<PendingEvent[]>;
  /** The subset of `ids` that is still unconfirmed. */
  stillUnconfirmed(ids: string[]): Promise<PendingEvent[]>;
  /**
   * Reserves events for this relay, which publishes them next. Counts another publication of those in `again`, and sets
   * cleanings that they failed to plan back to pending.
   * @returns the events that are still unconfirmed and that no other relay has reserved
   */
  claim(ids: string[], again: string[]): Promise<PendingEvent[]>;
}

export function createOutboxStore(
  database: DispoDatabase,
  captureContext: () => EventContext,
  now: () => Date,
): OutboxStore {
  const statements = prepareOutboxStatements(database);
  const awaitingCommit = createAwaitingCommit(() => performance.now());
  return {
    awaitingCommit,
    *append(type, data, context = captureContext()) {
      // UUIDv7 ids sort by creation time, so the outbox is read in the order it was written.
      const event = { id: newEventId(), type, time: now().toISOString() };
      awaitingCommit.add(event.id);
      const epoch = yield* statements.insert({
        ...event,
        data,
        booking_id: data.booking_id,
        traceparent: context.traceparent ?? null,
        tracestate: context.tracestate ?? null,
        baggage: context.baggage ?? null,
      });
      return { ...event, data: { ...data, epoch }, attempt: 0, subject: bookingSubject(data.booking_id), context };
    },
    confirm: (id, bookingId) => statements.remove(id, bookingId),
    find: (id) => statements.find(id),
    unconfirmed: (page) =>
      database.read(function* () {
        return (yield* statements.list(page)).map(toPending);
      }),
    stillUnconfirmed: (ids) =>
      database.read(function* () {
        return (yield* statements.byIds(ids)).map(toPending);
      }),
    claim: (ids, again) =>
      database.write(function* () {
        const claimed = (yield* statements.claim(ids, again)).map(toPending);
        const republished = again.filter((id) => claimed.some((event) => event.id === id));
        if (republished.length > 0) yield* statements.resetFailed(republished);
        return claimed;
      }),
  };
}

function toPending({ booking_id, traceparent, tracestate, baggage, data, ...event }: EncodedRow): PendingEvent {
  const context = Object.fromEntries(
    Object.entries({ traceparent, tracestate, baggage }).filter(([, value]) => value !== null),
  );
  return { ...event, data: JSON.parse(data), subject: bookingSubject(booking_id), context };
}
