import type { Day } from '@hotel/contracts';
import { readInSteps, type Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';
import type { Task } from '../schema.ts';

/** Stays read per step: a few milliseconds even with a year of tasks each. */
const STEP = 10;

interface DirtyStay {
  booking_id: number;
  room_id: number;
}

/** Reads the tasks due before `day` that are not done, with ids above `after`, lowest first. */
export type ReadOverdue = (page: { day: Day; after: number; limit: number }) => Promise<Task[]>;

/**
 * Looks only at stays whose room is dirty (index stays_dirty), not at every open task. Once a
 * guest has left, only the final clean is due.
 */
export function createReadOverdue({ orm, read }: Sqlite): ReadOverdue {
  const readStays = (last: DirtyStay = { booking_id: 0, room_id: 0 }) =>
    read(() =>
      orm.all<DirtyStay>(sql`
        SELECT booking_id, room_id FROM stays INDEXED BY stays_dirty
        WHERE dirty = 1 AND room_id >= ${last.room_id} AND (room_id > ${last.room_id} OR booking_id > ${last.booking_id})
        ORDER BY room_id, booking_id LIMIT ${STEP}`),
    );
  return async ({ day, after, limit }) => {
    let found: Task[] = [];
    for await (const stays of readInSteps<DirtyStay>(STEP, readStays)) {
      const ids = JSON.stringify(stays.map(({ booking_id }) => booking_id));
      const late = await read(() =>
        orm.all<Task>(sql`
          SELECT tasks.* FROM json_each(${ids}) CROSS JOIN stays ON stays.booking_id = json_each.value
            CROSS JOIN tasks ON tasks.booking_id = stays.booking_id
          WHERE tasks.day < ${day} AND tasks.done_at IS NULL AND (tasks.final = 1 OR stays.status = 'checked_in')
            AND tasks.id > ${after}
          ORDER BY tasks.id LIMIT ${limit}`),
      );
      if (late.length > 0) found = lowest([...found, ...late], limit);
    }
    return found;
  };
}

export function lowest(tasks: Task[], count: number): Task[] {
  return tasks.sort((a, b) => a.id - b.id).slice(0, count);
}
