import type { Step } from '@hotel/database';
import { eq, getTableColumns, sql } from '@hotel/database/drizzle';
import { isInJson } from '../json-ids.ts';
import type { CleaningDatabase, Stay, Task } from '../schema.ts';
import type { OwnStatements } from './own-statements.ts';
import { preparePostgresStatements } from './statements.postgres.ts';
import { prepareSqliteStatements } from './statements.sqlite.ts';

/** Statements about the plan, to run inside a transaction of the repository. */
export interface PlanStatements extends OwnStatements {
  /** False if the event was already recorded. */
  recordEvent(event: { id: string; processed_at: string }): Step<boolean>;
  /** The stay of a booking and its tasks. */
  findStay(bookingId: number): Step<{ stay: Stay; tasks: Task[] } | undefined>;
  /** False if another transaction has changed the stay since it was found as `before`. */
  putStay(stay: Stay, before: Stay | undefined): Step<boolean>;
  /** False if another transaction has finished or removed one of the tasks since they were found. */
  removeTasks(tasks: Task[]): Step<boolean>;
}

export function preparePlanStatements(database: CleaningDatabase): PlanStatements {
  const { orm, prepare } = database;
  const { processedEvents, stays, tasks } = database.tables;
  const p = sql.placeholder;
  const recordEvent = prepare(
    orm
      .insert(processedEvents)
      .values({ id: p('id'), processed_at: p('processed_at') })
      .onConflictDoNothing(),
  );
  const findStay = prepare(
    orm
      .select({
        ...getTableColumns(stays),
        task_id: sql<number | null>`${tasks.id}`.as('task_id'),
        day: sql<string>`${tasks.day}`.as('day'),
        task_room_id: sql<number>`${tasks.room_id}`.as('task_room_id'),
        task_room: sql<string>`${tasks.room}`.as('task_room'),
        final: sql<0 | 1>`${tasks.final}`.as('final'),
        done_at: sql<string | null>`${tasks.done_at}`.as('done_at'),
      })
      .from(stays)
      .leftJoin(tasks, eq(tasks.booking_id, stays.booking_id))
      .where(eq(stays.booking_id, p('booking_id'))),
  );
  const putStay = prepare(
    orm
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
        setWhere: sql`${stays.revision} = ${p('known_revision')} AND ${stays.epoch} = ${p('known_epoch')} AND ${stays.dirty} = ${p('known_dirty')}`,
      }),
  );
  // As JSON, so that a year-long stay is still one statement and one span with short SQL.
  const removeTasks = prepare(
    orm
      .delete(tasks)
      .where(
        sql`${isInJson(database, tasks.id, 'ids')} AND ${tasks.done_at} IS NULL OR ${isInJson(database, tasks.id, 'done')}`,
      ),
  );

  const prepareOwn = database.dialect === 'sqlite' ? prepareSqliteStatements : preparePostgresStatements;
  return {
    ...prepareOwn(database),
    *recordEvent(event) {
      return (yield* recordEvent.run(event)) === 1;
    },
    *findStay(booking_id) {
      const rows = yield* findStay.all({ booking_id });
      return rows[0] && { stay: stayOf(rows[0]), tasks: rows.flatMap(taskOf) };
    },
    *putStay(stay, before) {
      // No stay has revision 0: without a stay to replace, one that exists by now is a conflict.
      const { revision = 0, epoch = '', dirty = 0 } = before ?? {};
      const known = { known_revision: revision, known_epoch: epoch, known_dirty: dirty };
      return (yield* putStay.run({ ...stay, ...known })) === 1;
    },
    *removeTasks(removed) {
      const [open, done] = [false, true].map((isDone) =>
        JSON.stringify(removed.filter(({ done_at }) => (done_at !== null) === isDone).map(({ id }) => id)),
      );
      return (yield* removeTasks.run({ ids: open, done })) === removed.length;
    },
  };
}

type Row = Stay & {
  task_id: number | null;
  day: string;
  task_room_id: number;
  task_room: string;
  final: 0 | 1;
  done_at: string | null;
};

function stayOf({ booking_id, revision, room_id, room, start, end, status, epoch, dirty }: Row): Stay {
  return { booking_id, revision, room_id, room, start, end, status, epoch, dirty };
}

function taskOf({ task_id, booking_id, day, task_room_id, task_room, final, done_at }: Row): Task[] {
  if (task_id === null) return [];
  return [{ id: task_id, booking_id, day, room_id: task_room_id, room: task_room, final, done_at }];
}
