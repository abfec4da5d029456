import type { Sqlite } from '@hotel/sqlite';
import { and, asc, desc, eq, gt, lt, ne, sql } from '@hotel/sqlite/drizzle';
import { type Booking, bookings, idempotencyKeys, type Room, rooms } from '../schema.ts';

/** The SQL of bookings, prepared once. Synchronous: they run inside of a transaction of the repository. */
export interface BookingStatements {
  findRoom(id: number): Room | undefined;
  find(id: number): Booking | undefined;
  list(page: { after: number; limit: number }): Booking[];
  /** The booking that holds a night of the stay in the room, if there is one. */
  holding(stay: { room_id: number; start: string; end: string; except: number }): Booking | undefined;
  insert(booking: { room_id: number; start: string; end: string }): Booking;
  update(booking: Booking): void;
  setCleaning(result: { id: number; revision: number; cleaning: Booking['cleaning'] }): void;
  findKey(key: string): { body_sha256: string; booking_id: number } | undefined;
  insertKey(row: { key: string; body_sha256: string; booking_id: number; created_at: string }): void;
}

export function prepareBookingStatements({ orm }: Sqlite): BookingStatements {
  const p = sql.placeholder;
  const findRoom = orm
    .select()
    .from(rooms)
    .where(eq(rooms.id, p('id')))
    .prepare();
  const find = orm
    .select()
    .from(bookings)
    .where(eq(bookings.id, p('id')))
    .prepare();
  const list = orm
    .select()
    .from(bookings)
    .where(gt(bookings.id, p('after')))
    .orderBy(asc(bookings.id))
    .limit(p('limit'))
    .prepare();
  // The terms of the index bookings_by_room, word for word, so that it is used.
  const lastBefore = orm
    .select()
    .from(bookings)
    .where(
      and(
        eq(bookings.room_id, p('room_id')),
        lt(bookings.start, p('end')),
        sql`${bookings.status} <> 'cancelled'`,
        lt(bookings.start, bookings.end),
        ne(bookings.id, p('except')),
      ),
    )
    .orderBy(desc(bookings.start))
    .limit(1)
    .prepare();
  const insert = orm
    .insert(bookings)
    .values({
      room_id: p('room_id'),
      start: p('start'),
      end: p('end'),
      status: 'booked',
      cleaning: 'pending',
      revision: 1,
    })
    .returning()
    .prepare();
  const update = orm
    .update(bookings)
    .set({
      room_id: sql`${p('room_id')}`,
      start: sql`${p('start')}`,
      end: sql`${p('end')}`,
      status: sql`${p('status')}`,
      cleaning: sql`${p('cleaning')}`,
      revision: sql`${p('revision')}`,
    })
    .where(eq(bookings.id, p('id')))
    .prepare();
  const setCleaning = orm
    .update(bookings)
    .set({ cleaning: sql`${p('cleaning')}` })
    .where(and(eq(bookings.id, p('id')), eq(bookings.revision, p('revision'))))
    .prepare();
  const findKey = orm
    .select()
    .from(idempotencyKeys)
    .where(eq(idempotencyKeys.key, p('key')))
    .prepare();

  return {
    findRoom: (id) => findRoom.get({ id }),
    find: (id) => find.get({ id }),
    list: (page) => list.all(page),
    holding: (stay) => {
      const last = lastBefore.get({ room_id: stay.room_id, end: stay.end, except: stay.except });
      return last && last.end > stay.start ? last : undefined;
    },
    insert: (booking) => insert.get(booking),
    update: (booking) => {
      update.run(booking);
    },
    setCleaning: (result) => {
      setCleaning.run(result);
    },
    findKey: (key) => findKey.get({ key }),
    insertKey: (row) => {
      orm.insert(idempotencyKeys).values(row).run();
    },
  };
}
