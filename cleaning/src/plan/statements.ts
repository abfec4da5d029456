import type { Sqlite } from '@hotel/sqlite';
import { eq, sql } from '@hotel/sqlite/drizzle';
import { processedEvents, type Stay, stays, type Task, tasks } from '../schema.ts';
import type { PlannedTask } from './plan.ts';

export interface PlanStatements {
  /** False if the event was already recorded. */
  recordEvent(event: { id: string; processed_at: string }): boolean;
  /** The stay of a booking and its tasks. */
  findStay(bookingId: number): { stay: Stay; tasks: Task[] } | undefined;
  putStay(stay: Stay): void;
  removeTasks(tasks: Task[]): void;
  /** A room waits for at most one final clean: the one after its last guest. */
  supersede(roomId: number): void;
  addTasks(bookingId: number, planned: PlannedTask[]): void;
}

export function preparePlanStatements({ orm }: Sqlite): PlanStatements {
  const p = sql.placeholder;
  const recordEvent = orm
    .insert(processedEvents)
    .values({ id: p('id'), processed_at: p('processed_at') })
    .onConflictDoNothing()
    .prepare();
  const byBooking = eq(stays.booking_id, p('booking_id'));
  const findStay = orm
    .select({ stay: stays, task: tasks })
    .from(stays)
    .leftJoin(tasks, eq(tasks.booking_id, stays.booking_id))
    .where(byBooking)
    .prepare();
  const putStay = orm
    .insert(stays)
    .values({
      booking_id: p('booking_id'),
      revision: p('revision'),
      room_id: p('room_id'),
      room: p('room'),
      start: p('start'),
      end: p('end'),
      status: p('status'),
      epoch: p('epoch'),
      dirty: p('dirty'),
    })
    .onConflictDoUpdate({
      target: stays.booking_id,
      set: {
        revision: sql`excluded.revision`,
        room_id: sql`excluded.room_id`,
        room: sql`excluded.room`,
        start: sql`excluded.start`,
        end: sql`excluded."end"`,
        status: sql`excluded.status`,
        epoch: sql`excluded.epoch`,
        dirty: sql`excluded.dirty`,
      },
    })
    .prepare();
  // Passed as JSON, so that a year-long stay is still one statement and one span with short SQL.
  const removeTasks = orm
    .delete(tasks)
    .where(sql`${tasks.id} IN (SELECT value FROM json_each(${p('ids')}))`)
    .prepare();
  const addTasks = orm
    .insert(tasks)
    .select(
      sql`SELECT NULL, ${p('booking_id')}, value ->> 'day', value ->> 'room_id', value ->> 'room', value ->> 'final', NULL
        FROM json_each(${p('planned')})`,
    )
    .prepare();

  return {
    recordEvent: (event) => recordEvent.run(event).changes === 1,
    findStay: (booking_id) => {
      const rows = findStay.all({ booking_id });
      return rows[0] && { stay: rows[0].stay, tasks: rows.flatMap(({ task }) => task ?? []) };
    },
    putStay: (stay) => {
      putStay.run(stay);
    },
    removeTasks: (removed) => {
      removeTasks.run({ ids: JSON.stringify(removed.map(({ id }) => id)) });
    },
    supersede: (room_id) => {
      orm.run(sql`
        UPDATE stays SET dirty = 0
        WHERE room_id = ${room_id} AND dirty = 1 AND status = 'checked_out' AND EXISTS (
          SELECT 1 FROM stays AS later
          WHERE later.room_id = stays.room_id AND later.dirty = 1
            AND (later.status = 'checked_in' OR (later.status = 'checked_out' AND later."end" > stays."end")))`);
    },
    addTasks: (booking_id, planned) => {
      addTasks.run({ booking_id, planned: JSON.stringify(planned) });
    },
  };
}
