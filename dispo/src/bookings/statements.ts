import { mapStep, type Step } from '@hotel/database';
import { and, asc, eq, getTableColumns, gt, type SQL, sql } from '@hotel/database/drizzle';
import type { Booking, DispoDatabase, Room } from '../schema.ts';
import { mapFields, type Stay, type StayField } from './fields.ts';
import { lastBookingBefore } from './last-booking.ts';

/** Statements about bookings, to run inside a transaction of the repository. */
export interface BookingStatements {
  /** A room and its current guest. Other transactions cannot book the room until this one ends. */
  findRoomToLet(id: number): Step<{ room: Room; guest: Guest | null } | undefined>;
  find(id: number): Step<FoundBooking | undefined>;
  /** The same, and other transactions cannot change the booking until this one ends. */
  findAndLock(id: number): Step<FoundBooking | undefined>;
  /** A booking, the room it would move to (null if there is none), and that room's current guest. Locks both. */
  findToChange(
    id: number,
    roomId: number | undefined,
  ): Step<{ booking: Booking; room: Room | null; guest: Guest | null } | undefined>;
  /** A booking, its room, and the room's current and past guests. */
  findArrival(id: number): Step<{ booking: Booking; room: Room; guests: Guests } | undefined>;
  list(page: { after: number; limit: number }): Step<Booking[]>;
  /** Returns the booking that holds a night of this stay in the room. */
  findConflict(stay: { room_id: number; start: string; end: string; except: number }): Step<Booking | undefined>;
  insert(stay: Stay): Step<Booking>;
  /** A null `departed` leaves the stored value unchanged. */
  update(booking: Booking & { departed: string | null }): Step<unknown>;
  /** Checks the guest in; false if the booking or its room's guest count has changed. */
  checkIn(booking: { id: number; revision: number; guests: number }): Step<boolean>;
  /** Stores a cleaning result if `revision` is current. */
  setCleaning(result: {
    id: number;
    revision: number;
    cleaning: Booking['cleaning'];
    traceparent: string | undefined;
  }): Step<unknown>;
}

/**
 * `cleaningTraceparent`: W3C traceparent of the last cleaning result. `departed`: day of check-out if it differs from
 * the end.
 */
export interface FoundBooking {
  booking: Booking;
  room: Room;
  cleaningTraceparent: string | null;
  departed: string | null;
}

/** The booking of the guest in a room. */
export interface Guest {
  id: number;
  start: string;
  end: string;
}

/** What dispo knows of a room's guests. */
export interface Guests {
  /** All check-ins so far. */
  count: number;
  /** The booking of the guest in the room now. */
  present: number | null;
  /** A past booking whose check-out cleaning has not confirmed. */
  unconfirmed: number | null;
}

export function prepareBookingStatements(database: DispoDatabase): BookingStatements {
  const { orm, prepare, lock } = database;
  const { bookings, outbox, rooms, tracedBookings } = database.tables;
  const p = sql.placeholder;
  // Uses the index bookings_one_guest, so it needs no separate statement.
  const inTheRoom = sql`guest.room_id = ${rooms.id} AND guest.status = 'checked_in'`;
  const guestColumns = {
    guest_id: sql<number | null>`guest.id`.as('guest_id'),
    guest_start: sql<string>`guest.start`.as('guest_start'),
    guest_end: sql<string>`guest."end"`.as('guest_end'),
  };
  const roomColumns = {
    room_number: sql<string>`${rooms.number}`.as('room_number'),
    room_name: sql<string>`${rooms.name}`.as('room_name'),
  };
  // The guest may be older than the lock. That equals the order in which the guest came or left after this booking.
  const findRoomToLet = prepare(
    lock(
      orm
        .select({ id: rooms.id, ...roomColumns, ...guestColumns })
        .from(rooms)
        .leftJoin(sql`bookings AS guest`, inTheRoom)
        .where(eq(rooms.id, p('id'))),
      rooms,
    ),
  );
  const found = () =>
    orm
      .select({ ...getTableColumns(tracedBookings), ...roomColumns })
      .from(tracedBookings)
      .innerJoin(rooms, eq(rooms.id, tracedBookings.room_id))
      .where(eq(tracedBookings.id, p('id')));
  const find = prepare(found());
  const findAndLock = prepare(lock(found(), tracedBookings));
  const findToChange = prepare(
    lock(
      orm
        .select({
          ...getTableColumns(bookings),
          target_id: sql<number>`${rooms.id}`.as('target_id'),
          ...roomColumns,
          ...guestColumns,
        })
        .from(bookings)
        .innerJoin(rooms, sql`${rooms.id} = coalesce(${p('room_id')}, ${bookings.room_id})`)
        .leftJoin(sql`bookings AS guest`, inTheRoom)
        .where(eq(bookings.id, p('id'))),
      bookings,
      rooms,
    ),
  );
  const findArrival = prepare(
    orm
      .select({
        ...getTableColumns(bookings),
        ...roomColumns,
        guest_count: sql<number>`count(DISTINCT guest.id)`.as('guest_count'),
        guest_present: sql<number | null>`max(CASE WHEN guest.status = 'checked_in' THEN guest.id END)`.as(
          'guest_present',
        ),
        guest_unconfirmed: sql<number | null>`max(CASE WHEN outbox.id IS NOT NULL THEN guest.id END)`.as(
          'guest_unconfirmed',
        ),
      })
      .from(bookings)
      .innerJoin(rooms, eq(rooms.id, bookings.room_id))
      // Must match the terms of the index bookings_guests.
      .leftJoin(
        sql`bookings AS guest`,
        sql`guest.room_id = ${bookings.room_id} AND guest.status IN ('checked_in', 'checked_out')`,
      )
      // An event that has left the outbox, confirmed or dropped, changes nothing in cleaning. A check-out in the dead
      // letters may never reach cleaning either: if cleaning processed the check-in, it reports the room dirty, and a
      // person can declare it clean.
      .leftJoin(
        outbox,
        sql`${outbox.booking_id} = guest.id AND guest.status = 'checked_out' AND guest.cleaning <> 'planned'
          AND (guest.cleaning = 'pending' OR ${outbox.type} = 'booking.checked_in')`,
      )
      .where(eq(bookings.id, p('id')))
      .groupBy(bookings.id, rooms.id),
  );
  const list = prepare(
    orm
      .select()
      .from(bookings)
      .where(gt(bookings.id, p('after')))
      .orderBy(asc(bookings.id))
      .limit(p('limit')),
  );
  const lastBefore = prepare(lastBookingBefore(database));
  const insert = prepare(
    orm
      .insert(bookings)
      .values({
        ...mapFields<Record<StayField, ReturnType<typeof p>>>(p),
        status: 'booked',
        cleaning: 'pending',
        revision: 1,
      })
      .returning(),
  );
  const update = prepare(
    orm
      .update(tracedBookings)
      .set({
        ...mapFields<Record<StayField, SQL>>((name) => sql`${p(name)}`),
        status: sql`${p('status')}`,
        cleaning: sql`${p('cleaning')}`,
        revision: sql`${p('revision')}`,
        departed: sql`coalesce(${p('departed')}, departed)`,
      })
      .where(eq(tracedBookings.id, p('id'))),
  );
  const checkIn = prepare(
    orm
      .update(bookings)
      .set({ status: 'checked_in', cleaning: 'pending', revision: sql`${bookings.revision} + 1` })
      .where(
        and(
          eq(bookings.id, p('id')),
          eq(bookings.revision, p('revision')),
          eq(bookings.status, 'booked'),
          sql`(SELECT count(*) FROM bookings AS guest
            WHERE guest.room_id = bookings.room_id AND guest.status IN ('checked_in', 'checked_out')) = ${p('guests')}`,
        ),
      ),
  );
  const setCleaning = prepare(
    orm
      .update(tracedBookings)
      .set({ cleaning: sql`${p('cleaning')}`, cleaning_traceparent: sql`${p('traceparent')}` })
      .where(and(eq(tracedBookings.id, p('id')), eq(tracedBookings.revision, p('revision')))),
  );

  function* findWith(statement: typeof find, id: number) {
    const found = yield* statement.get({ id });
    if (!found) return undefined;
    const {
      cleaning_traceparent: cleaningTraceparent,
      departed,
      room_number: number,
      room_name: name,
      ...booking
    } = found;
    return { booking, room: { id: booking.room_id, number, name }, cleaningTraceparent, departed };
  }

  return {
    findRoomToLet: (id) =>
      mapStep(
        findRoomToLet.get({ id }),
        (found) => found && { room: { id, number: found.room_number, name: found.room_name }, guest: guestOf(found) },
      ),
    find: (id) => findWith(find, id),
    findAndLock: (id) => findWith(findAndLock, id),
    *findToChange(id, roomId) {
      const found = yield* findToChange.get({ id, room_id: roomId ?? null });
      if (!found) {
        const booking = (yield* findWith(find, id))?.booking;
        return booking && { booking, room: null, guest: null };
      }
      const { target_id, room_number: number, room_name: name, ...rest } = found;
      const { guest_id: _, guest_start: __, guest_end: ___, ...booking } = rest;
      return { booking, room: { id: target_id, number, name }, guest: guestOf(found) };
    },
    *findArrival(id) {
      const found = yield* findArrival.get({ id });
      if (!found) return undefined;
      const { guest_count: count, guest_present: present, guest_unconfirmed: unconfirmed, ...rest } = found;
      const { room_number: number, room_name: name, ...booking } = rest;
      return { booking, room: { id: booking.room_id, number, name }, guests: { count, present, unconfirmed } };
    },
    list: (page) => list.all(page),
    findConflict: (stay) =>
      mapStep(lastBefore.get({ room_id: stay.room_id, end: stay.end, except: stay.except }), (last) =>
        last && last.end > stay.start ? last : undefined,
      ),
    insert: (stay) => insert.get(stay) as Step<Booking>,
    update: (booking) => update.run(booking),
    *checkIn(booking) {
      return (yield* checkIn.run(booking)) === 1;
    },
    setCleaning: ({ traceparent, ...result }) => setCleaning.run({ ...result, traceparent: traceparent ?? null }),
  };
}

function guestOf(found: { guest_id: number | null; guest_start: string; guest_end: string }): Guest | null {
  if (found.guest_id === null) return null;
  return { id: found.guest_id, start: found.guest_start, end: found.guest_end };
}
