import type { Step } from '@hotel/database';
import { asc, eq, getTableColumns, gt, sql } from '@hotel/database/drizzle';
import type { Booking, DispoDatabase, Room } from '../schema.ts';

export interface FullBooking {
  booking: Booking;
  room: Room;
  departed: string | null;
}

/** An event in the outbox: which state of its booking it has. */
export interface EventState {
  booking_id: number;
  revision: number;
  epoch: string | null;
}

/** Statements about bookings and their unconfirmed events, to run inside a transaction of the repository. */
export interface ReplayStatements {
  /** Other transactions cannot change the booking until this one ends. */
  findAndLock(id: number): Step<FullBooking | undefined>;
  /** Locks them, too. */
  list(page: { after: number; limit: number }): Step<FullBooking[]>;
  findEvent(id: string): Step<EventState | undefined>;
  eventsOf(bookingId: number): Step<EventState[]>;
  countEvents(epoch: string): Step<number>;
  removeEvent(id: string): Step<unknown>;
  removeEventsOf(bookingId: number): Step<unknown>;
  setPending(bookingId: number): Step<unknown>;
}

export function prepareReplayStatements({ orm, prepare, lock, tables }: DispoDatabase): ReplayStatements {
  const { outbox, rooms, tracedBookings } = tables;
  const p = sql.placeholder;
  const fullBookings = () =>
    orm
      .select({
        ...getTableColumns(tracedBookings),
        room_number: sql<string>`${rooms.number}`.as('room_number'),
        room_name: sql<string>`${rooms.name}`.as('room_name'),
      })
      .from(tracedBookings)
      .innerJoin(rooms, eq(rooms.id, tracedBookings.room_id));
  const findAndLock = prepare(lock(fullBookings().where(eq(tracedBookings.id, p('id'))), tracedBookings));
  const list = prepare(
    lock(
      fullBookings()
        .where(gt(tracedBookings.id, p('after')))
        .orderBy(asc(tracedBookings.id))
        .limit(p('limit')),
      tracedBookings,
    ),
  );
  const epoch = sql<string | null>`${outbox.data} ->> 'epoch'`;
  const events = () =>
    orm
      .select({
        booking_id: outbox.booking_id,
        revision: sql<number>`CAST(${outbox.data} ->> 'revision' AS bigint)`.as('revision'),
        epoch: epoch.as('epoch'),
      })
      .from(outbox);
  const findEvent = prepare(events().where(eq(outbox.id, p('id'))));
  const eventsOf = prepare(events().where(eq(outbox.booking_id, p('id'))));
  const countEvents = prepare(
    orm
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(outbox)
      .where(eq(epoch, p('epoch'))),
  );
  const removeEvent = prepare(orm.delete(outbox).where(eq(outbox.id, p('id'))));
  const removeEventsOf = prepare(orm.delete(outbox).where(eq(outbox.booking_id, p('id'))));
  const setPending = prepare(
    orm
      .update(tracedBookings)
      .set({ cleaning: 'pending' })
      .where(eq(tracedBookings.id, p('id'))),
  );

  return {
    *findAndLock(id) {
      const row = yield* findAndLock.get({ id });
      return row && toFullBooking(row);
    },
    *list(page) {
      return (yield* list.all(page)).map(toFullBooking);
    },
    findEvent: (id) => findEvent.get({ id }),
    eventsOf: (id) => eventsOf.all({ id }),
    *countEvents(epoch) {
      return (yield* countEvents.get({ epoch }))?.count ?? 0;
    },
    removeEvent: (id) => removeEvent.run({ id }),
    removeEventsOf: (id) => removeEventsOf.run({ id }),
    setPending: (id) => setPending.run({ id }),
  };
}

type Row = Booking & {
  cleaning_traceparent: string | null;
  departed: string | null;
  room_number: string;
  room_name: string;
};

function toFullBooking({ cleaning_traceparent: _, departed, room_number, room_name, ...booking }: Row): FullBooking {
  return { booking, room: { id: booking.room_id, number: room_number, name: room_name }, departed };
}
