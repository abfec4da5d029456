import type { Day } from '@hotel/contracts';
import { TransactionConflict } from '@hotel/database';
import { DomainError } from '../errors.ts';
import type { CleaningDatabase, Task } from '../schema.ts';
import { createReadOverdue, lowest } from './overdue.ts';
import { prepareTaskStatements } from './statements.ts';

export interface TaskRepository {
  /** Lists the tasks of a day, plus the overdue ones when the day is `today`. */
  list(page: { day: Day; today: Day; after: number; limit: number }): Promise<Task[]>;
  /** Marks a task done; `isNew` is false if it already was. @throws DomainError */
  finish(id: number): Promise<{ task: Task; isNew: boolean }>;
}

export function createTaskRepository(database: CleaningDatabase, now: () => Date): TaskRepository {
  const statements = prepareTaskStatements(database);
  const readOverdue = createReadOverdue(database);
  return {
    async list({ today, ...page }) {
      const due = await database.read(function* () {
        return yield* statements.ofDay(page);
      });
      return page.day === today ? lowest([...due, ...(await readOverdue(page))], page.limit) : due;
    },
    finish: (id) =>
      database.write(function* () {
        const found = yield* statements.find(id);
        if (!found) throw new DomainError('task_not_found', `there is no task ${id}`);
        const { status, ...task } = found;
        if (task.done_at !== null) return { task, isNew: false };
        if (task.final === 1 && status !== 'checked_out') {
          const detail = `the final clean of room ${task.room} cannot be done before its guest has checked out (booking ${task.booking_id})`;
          throw new DomainError('guest_not_gone', detail);
        }
        const done = yield* statements.finish(id, now().toISOString());
        if (!done) throw new TransactionConflict('the task was finished or removed meanwhile');
        if (task.final === 1) yield* statements.markClean(task.booking_id);
        return { task: done, isNew: true };
      }),
  };
}
