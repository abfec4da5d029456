import type { Step } from '@hotel/database';
import { and, asc, eq, gt, sql } from '@hotel/database/drizzle';
import type { DispoDatabase, OutboxRow } from '../schema.ts';
import { type EncodedRow, encodedColumns, isIn, type OwnStatements } from './columns.ts';
import { preparePostgresStatements } from './statements.postgres.ts';
import { prepareSqliteStatements } from './statements.sqlite.ts';

/** What is known of an event that has left the outbox; `time` is when it was written. */
export type RemovedEvent = Pick<OutboxRow, 'type' | 'time'> & { revision: number };

/** Statements about the outbox, to run inside a transaction. */
export interface OutboxStatements extends OwnStatements {
  /** Deletes an event of this booking. */
  remove(id: string, bookingId: number): Step<RemovedEvent | undefined>;
  /** Other transactions cannot remove the event until this one ends. */
  find(id: string): Step<{ booking_id: number; revision: number } | undefined>;
  /** Events in the order of their ids, which is the order of their creation. */
  list(page: { after: string; limit: number }): Step<EncodedRow[]>;
  byIds(ids: string[]): Step<EncodedRow[]>;
  /** Sets bookings back to pending whose current revision failed with one of these events. */
  resetFailed(ids: string[]): Step<unknown>;
}

export function prepareOutboxStatements(database: DispoDatabase): OutboxStatements {
  const { orm, prepare, lock } = database;
  const { bookings, outbox } = database.tables;
  const p = sql.placeholder;
  const revision = sql<number>`CAST(${outbox.data} ->> 'revision' AS bigint)`;
  const remove = prepare(
    orm
      .delete(outbox)
      .where(and(eq(outbox.id, p('id')), eq(outbox.booking_id, p('booking_id'))))
      .returning({ revision: revision.as('revision'), type: outbox.type, time: outbox.time }),
  );
  const find = prepare(
    lock(
      orm
        .select({ booking_id: outbox.booking_id, revision: revision.as('revision') })
        .from(outbox)
        .where(eq(outbox.id, p('id'))),
      outbox,
    ),
  );
  const all = () => orm.select(encodedColumns(database)).from(outbox);
  const list = prepare(
    all()
      .where(gt(outbox.id, p('after')))
      .orderBy(asc(outbox.id))
      .limit(p('limit')),
  );
  const areGiven = isIn(database, outbox.id, 'ids');
  const byIds = prepare(all().where(areGiven).orderBy(asc(outbox.id)));
  // Selects by id first; otherwise the statement would scan all bookings.
  const concerned = orm.select({ id: outbox.booking_id }).from(outbox).where(areGiven);
  const current = orm
    .select({ id: outbox.id })
    .from(outbox)
    .where(and(areGiven, eq(outbox.booking_id, bookings.id), sql`${revision} = ${bookings.revision}`));
  const resetFailed = prepare(
    orm
      .update(bookings)
      .set({ cleaning: 'pending' })
      .where(and(sql`${bookings.id} IN ${concerned}`, eq(bookings.cleaning, 'failed'), sql`EXISTS ${current}`)),
  );
  const prepareOwn = database.dialect === 'sqlite' ? prepareSqliteStatements : preparePostgresStatements;
  return {
    ...prepareOwn(database),
    remove: (id, booking_id) => remove.get({ id, booking_id }),
    find: (id) => find.get({ id }),
    list: (page) => list.all(page),
    byIds: (ids) => byIds.all({ ids: JSON.stringify(ids) }),
    resetFailed: (ids) => resetFailed.run({ ids: JSON.stringify(ids) }),
  };
}
