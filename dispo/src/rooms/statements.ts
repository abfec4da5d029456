import type { Step } from '@hotel/database';
import { and, asc, desc, eq, gt, lt, ne, sql } from '@hotel/database/drizzle';
import type { DispoDatabase, Room } from '../schema.ts';

/** Statements about rooms, to run inside a transaction of the repository. */
export interface RoomStatements {
  /** Other transactions that seed rooms wait until this one ends, as all transactions do on SQLite. */
  lockSeeding(): Step<unknown>;
  find(id: number): Step<Room | undefined>;
  /** Other transactions cannot change or book the room until this one ends. */
  findAndLock(id: number): Step<Room | undefined>;
  /** Another room with this number. */
  findOther(number: string, id: number): Step<Room | undefined>;
  list(page: { after: number; limit: number }): Step<Room[]>;
  /** Rooms, and whether no booking or overstaying guest holds them during a stay. */
  listWithFree(page: {
    start: string;
    end: string;
    today: string;
    after: number;
    limit: number;
  }): Step<Array<Room & { is_free: number }>>;
  hasBookings(id: number): Step<boolean>;
  insert(room: Omit<Room, 'id'>): Step<Room>;
  update(room: Room): Step<Room>;
  remove(id: number): Step<unknown>;
}

/** The key of an advisory lock: `seed` in ASCII. */
const SEED_LOCK = 0x73656564;

/** Rooms in order of their ids, from the one after `after` on. */
export function prepareRoomPage({ orm, prepare, tables: { rooms } }: DispoDatabase) {
  const page = orm
    .select()
    .from(rooms)
    .where(gt(rooms.id, sql.placeholder('after')))
    .orderBy(asc(rooms.id))
    .limit(sql.placeholder('limit'));
  return prepare(page);
}

export function prepareRoomStatements(database: DispoDatabase): RoomStatements {
  const { dialect, orm, prepare, lock, tables } = database;
  const { bookings, rooms } = tables;
  const p = sql.placeholder;
  const lockSeeding =
    dialect === 'postgres'
      ? prepare(
          orm
            .select({
              locked: sql<string>`CAST(pg_advisory_xact_lock(${sql.raw(String(SEED_LOCK))}) AS text)`.as('locked'),
            })
            .from(sql`(VALUES (1)) AS one`),
        )
      : undefined;
  const found = () =>
    orm
      .select()
      .from(rooms)
      .where(eq(rooms.id, p('id')));
  const find = prepare(found());
  const findAndLock = prepare(lock(found(), rooms));
  const findOther = prepare(
    orm
      .select()
      .from(rooms)
      .where(and(eq(rooms.number, p('number')), ne(rooms.id, p('id')))),
  );
  const list = prepareRoomPage(database);
  // See the index bookings_by_room: of the bookings that begin before the stay ends, only the last can overlap it.
  const lastBeforeEnd = orm
    .select({ end: bookings.end })
    .from(bookings)
    .where(
      and(
        eq(bookings.room_id, rooms.id),
        lt(bookings.start, p('end')),
        sql`${bookings.status} <> 'cancelled'`,
        lt(bookings.start, bookings.end),
      ),
    )
    .orderBy(desc(bookings.start))
    .limit(1);
  const listWithFree = prepare(
    orm
      .select({
        id: rooms.id,
        number: rooms.number,
        name: rooms.name,
        // See `requireNoOverstay`: an overstaying guest holds the room until tomorrow.
        is_free: sql<number>`CASE WHEN coalesce((${lastBeforeEnd}), '') <= ${p('start')} AND NOT EXISTS (
          SELECT 1 FROM bookings AS guest
          WHERE guest.room_id = rooms.id AND guest.status = 'checked_in' AND guest."end" < ${p('today')}
            AND ${p('start')} <= ${p('today')} AND guest.start < ${p('end')}) THEN 1 ELSE 0 END`.as('is_free'),
      })
      .from(rooms)
      .where(gt(rooms.id, p('after')))
      .orderBy(asc(rooms.id))
      .limit(p('limit')),
  );
  const bookingOf = prepare(
    orm
      .select({ id: bookings.id })
      .from(bookings)
      .where(eq(bookings.room_id, p('id')))
      .limit(1),
  );
  const insert = prepare(
    orm
      .insert(rooms)
      .values({ number: p('number'), name: p('name') })
      .returning(),
  );
  const update = prepare(
    orm
      .update(rooms)
      .set({ number: sql`${p('number')}`, name: sql`${p('name')}` })
      .where(eq(rooms.id, p('id')))
      .returning(),
  );
  const remove = prepare(orm.delete(rooms).where(eq(rooms.id, p('id'))));
  return {
    *lockSeeding() {
      if (lockSeeding) yield* lockSeeding.get();
    },
    find: (id) => find.get({ id }),
    findAndLock: (id) => findAndLock.get({ id }),
    findOther: (number, id) => findOther.get({ number, id }),
    list: (page) => list.all(page),
    listWithFree: (page) => listWithFree.all(page),
    *hasBookings(id) {
      return (yield* bookingOf.get({ id })) !== undefined;
    },
    *insert(room) {
      return (yield* insert.get(room)) as Room;
    },
    *update(room) {
      return (yield* update.get(room)) as Room;
    },
    remove: (id) => remove.run({ id }),
  };
}
