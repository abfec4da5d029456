import type { Database } from '@hotel/database';
import { asc, gt, sql } from '@hotel/database/drizzle';
import { isInJson } from '../json-ids.ts';
import type { CleaningDatabase } from '../schema.ts';

/** Stays checked per transaction, which blocks other writes for a few milliseconds. */
const PAGE = 500;

export interface DeletedPage {
  /** Number of stays deleted from this page. */
  forgotten: number;
  /** Cursor of the next page. */
  after: number;
  isLast: boolean;
}

/**
 * Deletes, within one page of stays, those last updated in an earlier epoch, and their tasks. After a replay they
 * no longer exist in dispo.
 */
export type DeleteStaysBefore = (epoch: string, after: number) => Promise<DeletedPage>;

export function createDeleteStaysBefore(database: CleaningDatabase): DeleteStaysBefore {
  const { orm, prepare, lock, tables } = database;
  const { stays, tasks } = tables;
  const page = prepare(
    lock(
      orm
        .select({ booking_id: stays.booking_id, epoch: stays.epoch })
        .from(stays)
        .where(gt(stays.booking_id, sql.placeholder('after')))
        .orderBy(asc(stays.booking_id))
        .limit(PAGE),
      stays,
    ),
  );
  const deleteTasks = prepare(orm.delete(tasks).where(isInJson(database, tasks.booking_id, 'ids')));
  const deleteStays = prepare(orm.delete(stays).where(isInJson(database, stays.booking_id, 'ids')));
  return async (epoch, after) => {
    const deleted = await database.write(function* () {
      const found = yield* page.all({ after });
      const old = found.filter((stay) => stay.epoch < epoch).map(({ booking_id }) => booking_id);
      if (old.length > 0) {
        const ids = JSON.stringify(old);
        yield* deleteTasks.run({ ids });
        yield* deleteStays.run({ ids });
      }
      return { forgotten: old.length, after: found.at(-1)?.booking_id ?? after, isLast: found.length < PAGE };
    });
    if (deleted.isLast && (await database.epoch()).cause === 'restored') await database.beginEpoch('replayed');
    return deleted;
  };
}

/** Readiness check. @throws Error with instructions */
export async function checkHistory({ epoch }: Pick<Database, 'epoch'>): Promise<string> {
  if ((await epoch()).cause !== 'restored') return 'one history';
  throw new Error('the database was restored from a backup; run `pnpm replay`');
}
