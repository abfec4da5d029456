import type { Sqlite } from '@hotel/sqlite';
import { and, asc, desc, eq, gt, lt, ne, sql } from '@hotel/sqlite/drizzle';
import { type Booking, bookings, type Room, rooms, tracedBookings } from '../schema.ts';

/** The SQL of bookings, prepared once. Synchronous: they run inside of a transaction of the repository. */
export interface BookingStatements {
  findRoom(id: number): Room | undefined;
  /** A room with the guest who is in it now. */
  findRoomToLet(id: number): { room: Room; guest: Guest | null } | undefined;
  find(id: number): Booking | undefined;
  /**
   * The booking, the W3C traceparent of the callback that said how far its cleaning is, and the day of its check-out, where that is
   * not its end.
   */
  findTraced(id: number): { booking: Booking; cleaningTraceparent: string | null; departed: string | null } | undefined;
  list(page: { after: number; limit: number }): Booking[];
  /** The booking that holds a night of the stay in the room, if there is one. */
  holding(stay: { room_id: number; start: string; end: string; except: number }): Booking | undefined;
  /** The guests that a room has now and has had. */
  guests(roomId: number): Guests;
  insert(booking: { room_id: number; start: string; end: string }): Booking;
  /** `departed` is kept where it is null. */
  update(booking: Booking & { departed: string | null }): void;
  /** Says how far the cleaning of a revision is, as long as it is the current one. */
  setCleaning(result: {
    id: number;
    revision: number;
    cleaning: Booking['cleaning'];
    traceparent: string | undefined;
  }): void;
}

/** Who is in a room: the booking, and the days it is for. */
export interface Guest {
  id: number;
  start: string;
  end: string;
}

/** What is known of a room's guests without asking cleaning. */
export interface Guests {
  /** How many have ever moved in: it grows with every check-in. */
  count: number;
  /** The booking of the guest who is in the room. */
  present: number | null;
  /** A booking that has ended, and cleaning has yet to hear of it. */
  unheard: number | null;
}

export function prepareBookingStatements({ orm, prepare }: Sqlite): BookingStatements {
  const p = sql.placeholder;
  const findRoom = prepare(
    orm
      .select()
      .from(rooms)
      .where(eq(rooms.id, p('id'))),
  );
  // Through the index bookings_one_guest, so that it costs no statement of its own.
  const findRoomToLet = prepare(
    orm
      .select({
        id: rooms.id,
        number: rooms.number,
        name: rooms.name,
        guest_id: sql<number | null>`guest.id`.as('guest_id'),
        guest_start: sql<string>`guest.start`.as('guest_start'),
        guest_end: sql<string>`guest."end"`.as('guest_end'),
      })
      .from(rooms)
      .leftJoin(sql`bookings AS guest`, sql`guest.room_id = ${rooms.id} AND guest.status = 'checked_in'`)
      .where(eq(rooms.id, p('id'))),
  );
  const find = prepare(
    orm
      .select()
      .from(bookings)
      .where(eq(bookings.id, p('id'))),
  );
  const findTraced = prepare(
    orm
      .select()
      .from(tracedBookings)
      .where(eq(tracedBookings.id, p('id'))),
  );
  const list = prepare(
    orm
      .select()
      .from(bookings)
      .where(gt(bookings.id, p('after')))
      .orderBy(asc(bookings.id))
      .limit(p('limit')),
  );
  // The terms of the index bookings_by_room, word for word, so that it is used. SQLite would plan anew for each room and each
  // LIMIT that it is given, which costs eight times the query: the + hides the room from the planner, and `get` takes one row.
  const lastBefore = prepare(
    orm
      .select()
      .from(bookings)
      .where(
        and(
          eq(bookings.room_id, sql`+${p('room_id')}`),
          lt(bookings.start, p('end')),
          sql`${bookings.status} <> 'cancelled'`,
          lt(bookings.start, bookings.end),
          ne(bookings.id, p('except')),
        ),
      )
      .orderBy(desc(bookings.start)),
  );
  const guests = orm
    .select({
      count: sql<number>`count(*)`,
      present: sql<number | null>`max(CASE WHEN ${bookings.status} = 'checked_in' THEN ${bookings.id} END)`,
      // Of what the outbox has let go, confirmed or given up, cleaning will hear no more than it has. (In words, since drizzle leaves
      // the table out of its columns here, and `id` is one of the outbox too.)
      unheard: sql<number | null>`max(CASE WHEN bookings.status = 'checked_out' AND bookings.cleaning <> 'planned'
        AND EXISTS (SELECT 1 FROM outbox WHERE outbox.booking_id = bookings.id) THEN bookings.id END)`,
    })
    .from(bookings)
    // The terms of the index bookings_guests.
    .where(and(eq(bookings.room_id, p('room_id')), sql`${bookings.status} IN ('checked_in', 'checked_out')`))
    .prepare();
  const insert = prepare(
    orm
      .insert(bookings)
      .values({
        room_id: p('room_id'),
        start: p('start'),
        end: p('end'),
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
        room_id: sql`${p('room_id')}`,
        start: sql`${p('start')}`,
        end: sql`${p('end')}`,
        status: sql`${p('status')}`,
        cleaning: sql`${p('cleaning')}`,
        revision: sql`${p('revision')}`,
        departed: sql`coalesce(${p('departed')}, departed)`,
      })
      .where(eq(tracedBookings.id, p('id'))),
  );
  const setCleaning = prepare(
    orm
      .update(tracedBookings)
      .set({ cleaning: sql`${p('cleaning')}`, cleaning_traceparent: sql`${p('traceparent')}` })
      .where(and(eq(tracedBookings.id, p('id')), eq(tracedBookings.revision, p('revision')))),
  );

  return {
    findRoom: (id) => findRoom.get({ id }),
    findRoomToLet: (id) => {
      const found = findRoomToLet.get({ id });
      if (!found) return undefined;
      const { guest_id, guest_start, guest_end, ...room } = found;
      return { room, guest: guest_id === null ? null : { id: guest_id, start: guest_start, end: guest_end } };
    },
    find: (id) => find.get({ id }),
    findTraced: (id) => {
      const found = findTraced.get({ id });
      if (!found) return undefined;
      const { cleaning_traceparent: cleaningTraceparent, departed, ...booking } = found;
      return { booking, cleaningTraceparent, departed };
    },
    list: (page) => list.all(page),
    holding: (stay) => {
      const last = lastBefore.get({ room_id: stay.room_id, end: stay.end, except: stay.except });
      return last && last.end > stay.start ? last : undefined;
    },
    guests: (room_id) => guests.get({ room_id }) ?? { count: 0, present: null, unheard: null },
    insert: (booking) => insert.get(booking),
    update: (booking) => {
      update.run(booking);
    },
    setCleaning: ({ traceparent, ...result }) => {
      setCleaning.run({ ...result, traceparent: traceparent ?? null });
    },
  };
}
