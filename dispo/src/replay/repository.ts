import type { Sqlite } from '@hotel/sqlite';
import { asc, eq, gt, sql } from '@hotel/sqlite/drizzle';
import { createEventWriter, currentType } from '../bookings/event.ts';
import type { WriteResult } from '../bookings/repository.ts';
import { DomainError } from '../errors.ts';
import type { EventContext, OutboxStore, PendingEvent } from '../outbox/store.ts';
import { type Booking, outbox, type Room, rooms, tracedBookings } from '../schema.ts';

/** Upper bound on unconfirmed events: a replay pauses there, so that it does not fill the outbox. */
const MAX_UNCONFIRMED = 1_000;
const PAGE = 100;
/** Replayed events have no request, so each starts its own trace. */
const NO_CONTEXT: EventContext = {};

export interface Page {
  events: PendingEvent[];
  /** The last published booking; the next page starts after it. */
  after: number;
  isLast: boolean;
}

/** Publishes the current state of bookings again. All methods throw DomainError. */
export interface ReplayRepository {
  /** Publishes the current revision of a booking again, unless it is already pending. */
  republish(id: number): Promise<WriteResult>;
  /** Publishes one page of bookings after `after`; none while too many events are unconfirmed. */
  page(after: number): Promise<Page>;
  /** Counts unconfirmed events of this epoch. */
  unconfirmed(): Promise<number>;
  /** Whether the outbox holds an event of its booking's current revision. */
  isCurrent(eventId: string): Promise<boolean>;
  /**
   * Deletes an outdated event from the outbox. Publishes the booking again if the event was of its current revision.
   */
  settleOutdated(eventId: string): Promise<PendingEvent[]>;
}

type FullBooking = { booking: Booking; room: Room; departed: string | null };

export function createReplayRepository(sqlite: Sqlite, store: OutboxStore): ReplayRepository {
  const { orm } = sqlite;
  const writeEvent = createEventWriter(store, () => sqlite.epoch().epoch);
  const fullBookings = () =>
    orm
      .select({ booking: tracedBookings, room: rooms })
      .from(tracedBookings)
      .innerJoin(rooms, eq(rooms.id, tracedBookings.room_id));

  function toFullBooking({
    booking: row,
    room,
  }: {
    booking: typeof tracedBookings.$inferSelect;
    room: Room;
  }): FullBooking {
    const { cleaning_traceparent: _, departed, ...booking } = row;
    return { booking, room, departed };
  }

  function findEvent(id: string) {
    const event = orm.select().from(outbox).where(eq(outbox.id, id)).get();
    const row = event && fullBookings().where(eq(tracedBookings.id, event.booking_id)).get();
    return event && row ? { event, ...toFullBooking(row) } : undefined;
  }

  // Events dead-lettered before the replay began do not count.
  function countUnconfirmed(): number {
    const ofThisEpoch = sql`${outbox.data} ->> 'epoch' = ${sqlite.epoch().epoch}`;
    return orm.select({ count: sql<number>`count(*)` }).from(outbox).where(ofThisEpoch).get()?.count ?? 0;
  }

  function isOnItsWay({ id, revision }: Booking): boolean {
    const { epoch } = sqlite.epoch();
    const events = orm.select({ data: outbox.data }).from(outbox).where(eq(outbox.booking_id, id)).all();
    return events.some(({ data }) => data.revision === revision && data.epoch === epoch);
  }

  function publish({ booking, room, departed }: FullBooking, context?: EventContext): WriteResult {
    if (booking.cleaning !== 'failed' && isOnItsWay(booking)) return { booking, room, events: [] };
    // The new event replaces the dead letter; redriving that later has no effect.
    if (booking.cleaning === 'failed') orm.delete(outbox).where(eq(outbox.booking_id, booking.id)).run();
    orm.update(tracedBookings).set({ cleaning: 'pending' }).where(eq(tracedBookings.id, booking.id)).run();
    const pending: Booking = { ...booking, cleaning: 'pending' };
    return {
      booking: pending,
      room,
      events: [writeEvent(currentType(pending), { booking: pending, room, departed }, context)],
    };
  }

  return {
    republish: (id) =>
      sqlite.write(() => {
        const row = fullBookings().where(eq(tracedBookings.id, id)).get();
        if (!row) throw new DomainError('booking_not_found', `there is no booking ${id}`);
        return publish(toFullBooking(row));
      }),
    page: (after) =>
      sqlite.write(() => {
        if (countUnconfirmed() >= MAX_UNCONFIRMED) return { events: [], after, isLast: false };
        const rows = fullBookings()
          .where(gt(tracedBookings.id, after))
          .orderBy(asc(tracedBookings.id))
          .limit(PAGE)
          .all()
          .map(toFullBooking);
        const events = rows.flatMap((row) => publish(row, NO_CONTEXT).events);
        return { events, after: rows.at(-1)?.booking.id ?? after, isLast: rows.length < PAGE };
      }),
    unconfirmed: () => sqlite.read(countUnconfirmed),
    isCurrent: (eventId) =>
      sqlite.read(() => {
        const found = findEvent(eventId);
        return found !== undefined && found.event.data.revision === found.booking.revision;
      }),
    settleOutdated: (eventId) =>
      sqlite.write(() => {
        const found = findEvent(eventId);
        if (!found) return [];
        orm.delete(outbox).where(eq(outbox.id, eventId)).run();
        if (found.event.data.revision !== found.booking.revision) return [];
        return publish({ ...found, booking: { ...found.booking, cleaning: 'pending' } }).events;
      }),
  };
}
