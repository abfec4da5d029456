import type { Step } from '@hotel/database';
import { and, asc, eq, getTableColumns, gt, sql } from '@hotel/database/drizzle';
import type { CleaningDatabase, StayStatus, Task } from '../schema.ts';

/** Statements about tasks, to run inside a transaction of the repository. */
export interface TaskStatements {
  ofDay(page: { day: string; after: number; limit: number }): Step<Task[]>;
  /** A task and the status of its stay. Other transactions cannot change the stay until this one ends. */
  find(id: number): Step<(Task & { status: StayStatus }) | undefined>;
  /** Undefined if another transaction has finished or removed the task. */
  finish(id: number, doneAt: string): Step<Task | undefined>;
  /** Marks the room of a stay clean. */
  markClean(bookingId: number): Step<unknown>;
}

export function prepareTaskStatements({ orm, prepare, lock, tables }: CleaningDatabase): TaskStatements {
  const { stays, tasks } = tables;
  const p = sql.placeholder;
  const ofDay = prepare(
    orm
      .select()
      .from(tasks)
      .where(and(eq(tasks.day, p('day')), gt(tasks.id, p('after'))))
      .orderBy(asc(tasks.id))
      .limit(p('limit')),
  );
  const find = prepare(
    lock(
      orm
        .select({ ...getTableColumns(tasks), status: stays.status })
        .from(tasks)
        .innerJoin(stays, eq(stays.booking_id, tasks.booking_id))
        .where(eq(tasks.id, p('id'))),
      stays,
    ),
  );
  const finish = prepare(
    orm
      .update(tasks)
      .set({ done_at: sql`${p('done_at')}` })
      .where(sql`${tasks.id} = ${p('id')} AND ${tasks.done_at} IS NULL`)
      .returning(),
  );
  const markClean = prepare(
    orm
      .update(stays)
      .set({ dirty: 0 })
      .where(eq(stays.booking_id, p('booking_id'))),
  );
  return {
    ofDay: (page) => ofDay.all(page),
    find: (id) => find.get({ id }),
    finish: (id, done_at) => finish.get({ id, done_at }),
    markClean: (booking_id) => markClean.run({ booking_id }),
  };
}
