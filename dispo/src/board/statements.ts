import type { Step } from '@hotel/database';
import { and, eq, getTableColumns, gt, lt, lte, sql } from '@hotel/database/drizzle';
import { prepareRoomPage } from '../rooms/statements.ts';
import type { Booking, DispoDatabase, Room } from '../schema.ts';

/** Statements of the board, to run inside a transaction of the reader. */
export interface BoardStatements {
  rooms(page: { after: number; limit: number }): Step<Room[]>;
  /** The bookings that hold a night between `start` and `end`, of the rooms above `after` up to `last`. */
  stays(window: { start: string; end: string; after: number; last: number }): Step<Booking[]>;
  /** The bookings of the guests who are in these rooms now. */
  guests(page: { after: number; last: number }): Step<Booking[]>;
}

export function prepareBoardStatements(database: DispoDatabase): BoardStatements {
  const { orm, prepare, tables } = database;
  const { bookings, rooms } = tables;
  const list = prepareRoomPage(database);
  const p = sql.placeholder;
  // See the index bookings_by_room: of the bookings that begin up to `start`, only the last can reach beyond it. Without
  // this bound, the whole history of a room would be read.
  const lastBefore = sql`(SELECT last.start FROM bookings AS last
    WHERE last.room_id = rooms.id AND last.start <= ${p('start')} AND last.status <> 'cancelled' AND last.start < last."end"
    ORDER BY last.start DESC LIMIT 1)`;
  const stays = prepare(
    orm
      .select(getTableColumns(bookings))
      .from(rooms)
      .innerJoin(
        bookings,
        and(
          eq(bookings.room_id, rooms.id),
          lt(bookings.start, p('end')),
          sql`${bookings.start} >= coalesce(${lastBefore}, ${p('start')})`,
          sql`${bookings.status} <> 'cancelled'`,
          lt(bookings.start, bookings.end),
          gt(bookings.end, p('start')),
        ),
      )
      .where(and(gt(rooms.id, p('after')), lte(rooms.id, p('last')))),
  );
  const guests = prepare(
    orm
      .select()
      .from(bookings)
      .where(
        and(eq(bookings.status, sql`'checked_in'`), gt(bookings.room_id, p('after')), lte(bookings.room_id, p('last'))),
      ),
  );
  return {
    rooms: (page) => list.all(page),
    stays: (window) => stays.all(window),
    guests: (page) => guests.all(page),
  };
}
