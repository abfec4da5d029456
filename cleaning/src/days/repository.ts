import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';
import type { DayRange } from './days.ts';

/** A room that somebody occupies on a day. */
export interface RoomDay {
  day: string;
  /** The number on the door. */
  room: string;
  final: 0 | 1;
}

export interface DayRepository {
  /** Each occupied room once a day, by day and room. One that a guest leaves and another takes is `final`. */
  list(range: DayRange): Promise<RoomDay[]>;
}

export function createDayRepository(sqlite: Sqlite): DayRepository {
  return {
    list: ({ start, end }) =>
      // What was done for a stay that was shortened or cancelled later is on record, but nobody is there on that day.
      sqlite.read(() =>
        sqlite.orm.all<RoomDay>(sql`
          SELECT tasks.day, tasks.room, max(tasks.final) AS final
          FROM tasks JOIN stays USING (booking_id)
          WHERE tasks.day BETWEEN ${start} AND ${end}
            AND stays.status <> 'cancelled' AND tasks.day BETWEEN stays.start AND stays."end"
          GROUP BY tasks.day, tasks.room
          ORDER BY tasks.day, tasks.room`),
      ),
  };
}
