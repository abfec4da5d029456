import type { Day } from '@hotel/contracts';
import { readInSteps } from '@hotel/database';
import { asc, sql } from '@hotel/database/drizzle';
import { isInJson } from '../json-ids.ts';
import type { CleaningDatabase, Task } from '../schema.ts';

/** Stays read per step: a few milliseconds even with a year of tasks each. */
const STEP = 10;

interface DirtyStay {
  booking_id: number;
  room_id: number;
}

/** Reads the tasks due before `day` that are not done, with ids above `after`, lowest first. */
export type ReadOverdue = (page: { day: Day; after: number; limit: number }) => Promise<Task[]>;

/**
 * Looks only at stays whose room is dirty (index stays_dirty), not at every open task. Once a guest has left, only the
 * final clean is due.
 */
export function createReadOverdue(database: CleaningDatabase): ReadOverdue {
  const { orm, prepare, dialect, tables, read } = database;
  const { stays, tasks } = tables;
  const p = sql.placeholder;
  const isSqlite = dialect === 'sqlite';
  const dirtyStays = prepare(
    orm
      .select({
        booking_id: sql<number>`booking_id`.as('booking_id'),
        room_id: sql<number>`room_id`.as('room_id'),
      })
      .from(isSqlite ? sql`stays INDEXED BY stays_dirty` : sql`stays`)
      .where(
        sql`dirty = 1 AND room_id >= ${p('room_id')} AND (room_id > ${p('room_id')} OR booking_id > ${p('booking_id')})`,
      )
      .orderBy(sql`room_id, booking_id`)
      .limit(STEP),
  );
  const isOverdue = sql`${tasks.day} < ${p('day')} AND ${tasks.done_at} IS NULL AND ${tasks.id} > ${p('after')}
    AND (${tasks.final} = 1 OR ${stays.status} = 'checked_in')`;
  // As SQL: drizzle finds no table in the joins below, and leaves out its name.
  const columns = {
    id: sql<number>`tasks.id`.as('id'),
    booking_id: sql<number>`tasks.booking_id`.as('booking_id'),
    day: sql<string>`tasks.day`.as('day'),
    room_id: sql<number>`tasks.room_id`.as('room_id'),
    room: sql<string>`tasks.room`.as('room'),
    final: sql<0 | 1>`tasks.final`.as('final'),
    done_at: sql<string | null>`tasks.done_at`.as('done_at'),
  };
  const overdue = isSqlite
    ? // CROSS JOIN fixes the order: SQLite's planner would read all open tasks.
      orm
        .select(columns)
        .from(sql`json_each(${p('ids')}) CROSS JOIN stays ON stays.booking_id = json_each.value
          CROSS JOIN tasks ON tasks.booking_id = stays.booking_id`)
        .where(isOverdue)
    : orm
        .select(columns)
        .from(sql`tasks JOIN stays ON stays.booking_id = tasks.booking_id`)
        .where(sql`${isInJson(database, stays.booking_id, 'ids')} AND ${isOverdue}`);
  const overdueTasks = prepare(overdue.orderBy(asc(tasks.id)).limit(p('limit')));

  const readStays = ({ room_id, booking_id }: DirtyStay = { booking_id: 0, room_id: 0 }) =>
    read<DirtyStay[]>(function* () {
      return yield* dirtyStays.all({ room_id, booking_id });
    });
  return async (page) => {
    let found: Task[] = [];
    for await (const dirty of readInSteps<DirtyStay>(STEP, readStays)) {
      const ids = JSON.stringify(dirty.map(({ booking_id }) => booking_id));
      const late = await read<Task[]>(function* () {
        return yield* overdueTasks.all({ ...page, ids });
      });
      if (late.length > 0) found = lowest([...found, ...late], page.limit);
    }
    return found;
  };
}

export function lowest(tasks: Task[], count: number): Task[] {
  return tasks.sort((a, b) => a.id - b.id).slice(0, count);
}
