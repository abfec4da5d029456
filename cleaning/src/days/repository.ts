import { readInSteps, type Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';
import type { DayRange } from './days.ts';

/** A room that is occupied on a day. */
export interface RoomDay {
  day: string;
  /** Room number. */
  room: string;
  final: 0 | 1;
}

export interface DayPage extends DayRange {
  /** Last row of the previous page. */
  after?: Pick<RoomDay, 'day' | 'room'> | undefined;
  limit: number;
}

export interface DayRepository {
  /** Lists each occupied room once per day, by day and room. On a changeover day the room is `final`. */
  list(page: DayPage): Promise<RoomDay[]>;
}

/** Tasks read per step: about a millisecond. */
const STEP = 500;

interface TaskRow extends RoomDay {
  id: number;
  occupied: 0 | 1;
}

export function createDayRepository(sqlite: Sqlite): DayRepository {
  const columns = sql`tasks.day, tasks.room, tasks.final, tasks.id,
    -- Tasks done for a stay that was shortened or cancelled later stay on record, but the room was not occupied.
    stays.status <> 'cancelled' AND tasks.day BETWEEN stays.start AND stays."end" AS occupied`;
  // Follows the index tasks_by_day, whose entries end with the id. For a single comparison of (day, room, id),
  // SQLite would read all tasks of the first day and room again.
  const readTasks = ({ day, room, id }: Pick<TaskRow, 'day' | 'room' | 'id'>, end: string) =>
    sqlite.read(() =>
      sqlite.orm.all<TaskRow>(sql`
        SELECT ${columns} FROM tasks JOIN stays USING (booking_id)
        WHERE tasks.day = ${day} AND tasks.room = ${room} AND tasks.id > ${id}
        UNION ALL
        SELECT ${columns} FROM tasks JOIN stays USING (booking_id)
        WHERE (tasks.day, tasks.room) > (${day}, ${room}) AND tasks.day <= ${end}
        ORDER BY 1, 2, 4
        LIMIT ${STEP}`),
    );
  return {
    async list({ start, end, after, limit }) {
      const first =
        after && after.day >= start ? { ...after, id: Number.MAX_SAFE_INTEGER } : { day: start, room: '', id: 0 };
      const found: RoomDay[] = [];
      for await (const step of readInSteps<TaskRow>(STEP, (last) => readTasks(last ?? first, end))) {
        for (const { day, room, final } of step.filter(({ occupied }) => occupied)) {
          const last = found.at(-1);
          if (last?.day === day && last.room === room) {
            if (final === 1) last.final = 1;
            continue;
          }
          if (found.length === limit) return found;
          found.push({ day, room, final });
        }
      }
      return found;
    },
  };
}
