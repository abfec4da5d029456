import type { BookingEventData } from '@hotel/contracts';
import { sql } from '@hotel/database/drizzle';
import type { DispoDatabase } from '../schema.ts';
import { encodedColumns, insertValues, isIn, type OwnStatements } from './columns.ts';

/** One process has the database: no other relay reserves events. */
export function prepareSqliteStatements(database: DispoDatabase): OwnStatements {
  const { orm, prepare } = database;
  const { outbox } = database.tables;
  const insert = prepare(orm.insert(outbox).values({ ...insertValues(), data: sql.placeholder('data') }));
  const countAttempt = prepare(
    orm
      .update(outbox)
      .set({ attempt: sql`max(${outbox.attempt}, 1) + 1` })
      .where(isIn(database, outbox.id, 'again')),
  );
  const byIds = prepare(
    orm
      .select(encodedColumns(database))
      .from(outbox)
      .where(isIn(database, outbox.id, 'ids'))
      .orderBy(outbox.id),
  );
  return {
    *insert({ data, ...row }) {
      const epoch = yield* database.currentEpoch();
      const withEpoch: BookingEventData = { ...data, epoch };
      yield* insert.run({ ...row, data: withEpoch });
      return epoch;
    },
    *claim(ids, again) {
      if (again.length > 0) yield* countAttempt.run({ again: JSON.stringify(again) });
      return yield* byIds.all({ ids: JSON.stringify(ids) });
    },
  };
}
