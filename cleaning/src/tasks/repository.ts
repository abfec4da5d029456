import type { Day } from '@hotel/contracts';
import type { Sqlite } from '@hotel/sqlite';
import { and, asc, eq, gt, sql } from '@hotel/sqlite/drizzle';
import { DomainError } from '../errors.ts';
import { stays, type Task, tasks } from '../schema.ts';
import { createReadOverdue, lowest } from './overdue.ts';

export interface TaskRepository {
  /** Lists the tasks of a day, plus the overdue ones when the day is `today`. */
  list(page: { day: Day; today: Day; after: number; limit: number }): Promise<Task[]>;
  /** Marks a task done; `isNew` is false if it already was. @throws DomainError */
  finish(id: number): Promise<{ task: Task; isNew: boolean }>;
}

export function createTaskRepository(sqlite: Sqlite, now: () => Date): TaskRepository {
  const { orm } = sqlite;
  const p = sql.placeholder;
  const ofDay = orm
    .select()
    .from(tasks)
    .where(and(eq(tasks.day, p('day')), gt(tasks.id, p('after'))))
    .orderBy(asc(tasks.id))
    .limit(p('limit'))
    .prepare();
  const readOverdue = createReadOverdue(sqlite);
  const markClean = orm
    .update(stays)
    .set({ dirty: 0 })
    .where(eq(stays.booking_id, p('booking_id')))
    .prepare();
  const withStatus = orm
    .select({ task: tasks, status: stays.status })
    .from(tasks)
    .innerJoin(stays, eq(stays.booking_id, tasks.booking_id))
    .where(eq(tasks.id, p('id')))
    .prepare();

  return {
    async list({ today, ...page }) {
      const due = await sqlite.read(() => ofDay.all(page));
      return page.day === today ? lowest([...due, ...(await readOverdue(page))], page.limit) : due;
    },
    finish: (id) =>
      sqlite.write(() => {
        const found = withStatus.get({ id });
        if (!found) throw new DomainError('task_not_found', `there is no task ${id}`);
        const { task, status } = found;
        if (task.done_at !== null) return { task, isNew: false };
        if (task.final === 1 && status !== 'checked_out') {
          const detail = `the final clean of room ${task.room} cannot be done before its guest has checked out (booking ${task.booking_id})`;
          throw new DomainError('guest_not_gone', detail);
        }
        const done = orm.update(tasks).set({ done_at: now().toISOString() }).where(eq(tasks.id, id)).returning().get();
        if (task.final === 1) markClean.run({ booking_id: task.booking_id });
        return { task: done, isNew: true };
      }),
  };
}
