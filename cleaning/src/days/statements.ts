import type { Step } from '@hotel/database';
import { eq, type SQL, sql } from '@hotel/database/drizzle';
import type { CleaningDatabase } from '../schema.ts';

/** Tasks read per step: about a millisecond. */
export const STEP = 500;

/** A task, and whether its room is occupied on that day. */
export interface TaskOfDay {
  day: string;
  room: string;
  final: 0 | 1;
  id: number;
  occupied: number;
}

export interface DayStatements {
  /** The next `STEP` tasks after this one, up to a day, in the order of day, room and id. */
  tasksAfter(task: Pick<TaskOfDay, 'day' | 'room' | 'id'>, end: string): Step<TaskOfDay[]>;
}

export function prepareDayStatements(database: CleaningDatabase): DayStatements {
  const { prepare, dialect, orm, tables } = database;
  const { stays, tasks } = tables;
  const p = sql.placeholder;
  const tasksWhere = (condition: SQL) =>
    orm
      .select({
        day: tasks.day,
        room: tasks.room,
        final: tasks.final,
        id: tasks.id,
        // Tasks done for a stay that was shortened or cancelled later stay on record, but the room was not occupied.
        occupied:
          sql<number>`CASE WHEN ${stays.status} <> 'cancelled' AND ${tasks.day} BETWEEN ${stays.start} AND ${stays.end} THEN 1 ELSE 0 END`.as(
            'occupied',
          ),
      })
      .from(tasks)
      .innerJoin(stays, eq(stays.booking_id, tasks.booking_id))
      .where(condition);
  const order = sql`1, 2, 4`;
  // Follows the index tasks_by_day, whose entries end with the id. For a single comparison of (day, room, id), SQLite
  // would read all tasks of the first day and room again.
  const tasksAfter =
    dialect === 'sqlite'
      ? prepare(
          tasksWhere(sql`${tasks.day} = ${p('day')} AND ${tasks.room} = ${p('room')} AND ${tasks.id} > ${p('id')}`)
            .unionAll(
              tasksWhere(
                sql`(${tasks.day}, ${tasks.room}) > (${p('day')}, ${p('room')}) AND ${tasks.day} <= ${p('end')}`,
              ),
            )
            .orderBy(order)
            .limit(STEP),
        )
      : prepare(
          tasksWhere(
            sql`(${tasks.day}, ${tasks.room}, ${tasks.id}) > (${p('day')}, ${p('room')}, ${p('id')}) AND ${tasks.day} <= ${p('end')}`,
          )
            .orderBy(order)
            .limit(STEP),
        );
  return { tasksAfter: ({ day, room, id }, end) => tasksAfter.all({ day, room, id, end }) };
}
