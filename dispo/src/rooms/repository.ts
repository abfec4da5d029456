import { dayOf } from '@hotel/contracts';
import { readInSteps, type Sqlite } from '@hotel/sqlite';
import { and, asc, eq, gt, lt, ne, sql } from '@hotel/sqlite/drizzle';
import { DomainError } from '../errors.ts';
import { bookings, type Room, rooms } from '../schema.ts';

/** Whether a room is still in the state that the caller has seen. */
export type RoomPrecondition = (room: Room) => boolean;

export interface RoomRepository {
  create(room: { number: string; name: string }): Promise<Room>;
  list(page: { after: number; limit: number }): Promise<Room[]>;
  /** Rooms that no booking or overstaying guest holds between `start` and `end`. */
  free(page: { start: string; end: string; after: number; limit: number }): Promise<Room[]>;
  get(id: number): Promise<Room>;
  change(
    id: number,
    change: { number?: string | undefined; name?: string | undefined },
    precondition?: RoomPrecondition,
  ): Promise<Room>;
  remove(id: number, precondition?: RoomPrecondition): Promise<void>;
  /** Creates rooms 101 to 110 if there are none. */
  seed(): Promise<void>;
}

/** Rooms checked per step of `free`; takes a few milliseconds. */
const STEP = 500;

/** All methods throw DomainError. */
export function createRoomRepository(sqlite: Sqlite, now: () => Date): RoomRepository {
  const { orm } = sqlite;
  const all = orm
    .select()
    .from(rooms)
    .where(gt(rooms.id, sql.placeholder('after')))
    .orderBy(asc(rooms.id))
    .limit(sql.placeholder('limit'))
    .prepare();
  // See the index bookings_by_room: of the bookings that begin before the stay ends, only the last can overlap it.
  const lastBeforeEnd = orm
    .select({ end: bookings.end })
    .from(bookings)
    .where(
      and(
        eq(bookings.room_id, rooms.id),
        lt(bookings.start, sql.placeholder('end')),
        sql`${bookings.status} <> 'cancelled'`,
        lt(bookings.start, bookings.end),
      ),
    )
    .orderBy(sql`${bookings.start} DESC`)
    .limit(1);
  const withFree = orm
    // See `requireNoOverstay`: an overstaying guest holds the room until tomorrow.
    .select({
      room: rooms,
      isFree: sql<0 | 1>`coalesce((${lastBeforeEnd}), '') <= ${sql.placeholder('start')} AND NOT EXISTS (
        SELECT 1 FROM bookings AS guest
        WHERE guest.room_id = rooms.id AND guest.status = 'checked_in' AND guest."end" < ${sql.placeholder('today')}
          AND ${sql.placeholder('start')} <= ${sql.placeholder('today')} AND guest.start < ${sql.placeholder('end')})`,
    })
    .from(rooms)
    .where(gt(rooms.id, sql.placeholder('after')))
    .orderBy(asc(rooms.id))
    .limit(STEP)
    .prepare();
  const byId = orm
    .select()
    .from(rooms)
    .where(eq(rooms.id, sql.placeholder('id')))
    .prepare();

  const find = (id: number, precondition?: RoomPrecondition): Room => {
    const room = byId.get({ id });
    if (!room) throw new DomainError('room_not_found', `there is no room ${id}`);
    if (precondition && !precondition(room))
      throw new DomainError('changed_since', `room ${id} has been changed since`);
    return room;
  };
  const requireFreeNumber = (number: string, id: number) => {
    const other = orm
      .select()
      .from(rooms)
      .where(and(eq(rooms.number, number), ne(rooms.id, id)))
      .get();
    if (other) throw new DomainError('room_number_taken', `there already is a room ${number}`);
  };
  const hasBookings = (id: number) =>
    orm.select().from(bookings).where(eq(bookings.room_id, id)).limit(1).get() !== undefined;

  return {
    create: (room) =>
      sqlite.write(() => {
        requireFreeNumber(room.number, 0);
        return orm.insert(rooms).values(room).returning().get();
      }),
    list: (page) => sqlite.read(() => all.all(page)),
    async free({ start, end, after, limit }) {
      const today = dayOf(now());
      const found: Room[] = [];
      const steps = readInSteps<{ room: Room; isFree: 0 | 1 }>(STEP, (last) =>
        sqlite.read(() => withFree.all({ start, end, today, after: last?.room.id ?? after })),
      );
      for await (const step of steps) {
        found.push(...step.filter(({ isFree }) => isFree).map(({ room }) => room));
        if (found.length >= limit) return found.slice(0, limit);
      }
      return found;
    },
    get: (id) => sqlite.read(() => find(id)),
    change: (id, change, precondition) =>
      sqlite.write(() => {
        const room = find(id, precondition);
        if (change.number !== undefined && change.number !== room.number) {
          requireFreeNumber(change.number, id);
          // Events carry the number, and the plan shows it.
          if (hasBookings(id))
            throw new DomainError('room_number_fixed', `room ${room.number} has bookings: its number is fixed`);
        }
        const number = change.number ?? room.number;
        const name = change.name ?? room.name;
        if (number === room.number && name === room.name) return room;
        return orm.update(rooms).set({ number, name }).where(eq(rooms.id, id)).returning().get();
      }),
    remove: (id, precondition) =>
      sqlite.write(() => {
        const room = find(id, precondition);
        if (hasBookings(id))
          throw new DomainError('room_has_bookings', `room ${room.number} has bookings and cannot be removed`);
        orm.delete(rooms).where(eq(rooms.id, id)).run();
      }),
    seed: () =>
      sqlite.write(() => {
        if (orm.select().from(rooms).limit(1).get()) return;
        const numbers = Array.from({ length: 10 }, (_, i) => String(101 + i));
        orm
          .insert(rooms)
          .values(numbers.map((number) => ({ number, name: `Room ${number}` })))
          .run();
      }),
  };
}
