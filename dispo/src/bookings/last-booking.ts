import { and, desc, eq, lt, ne, sql } from '@hotel/database/drizzle';
import type { DispoDatabase } from '../schema.ts';

/**
 * Selects the last booking of a room that begins before `end` and holds a night, `except` one. The bookings of a room do
 * not overlap, so only this one can reach beyond the start of a stay. Its terms must match those of the index
 * bookings_by_room literally.
 */
export function lastBookingBefore({ dialect, orm, tables: { bookings } }: DispoDatabase) {
  const p = sql.placeholder;
  // On SQLite, the + hides the room from the planner, and `get` replaces a LIMIT: SQLite would plan again for each new
  // value of either, which costs eight times the query.
  const isSqlite = dialect === 'sqlite';
  const query = orm
    .select()
    .from(bookings)
    .where(
      and(
        eq(bookings.room_id, isSqlite ? sql`+${p('room_id')}` : p('room_id')),
        lt(bookings.start, p('end')),
        sql`${bookings.status} <> 'cancelled'`,
        lt(bookings.start, bookings.end),
        ne(bookings.id, p('except')),
      ),
    )
    .orderBy(desc(bookings.start))
    .$dynamic();
  return isSqlite ? query : query.limit(1);
}
