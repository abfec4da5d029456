import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';

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

export function createDeleteStaysBefore(sqlite: Sqlite): DeleteStaysBefore {
  const { orm } = sqlite;
  return async (epoch, from) => {
    const page = await sqlite.write(() => {
      const page = orm.all<{ booking_id: number; epoch: string }>(
        sql`SELECT booking_id, epoch FROM stays WHERE booking_id > ${from} ORDER BY booking_id LIMIT ${PAGE}`,
      );
      const old = page.filter((stay) => stay.epoch < epoch).map(({ booking_id }) => booking_id);
      const list = sql`(SELECT value FROM json_each(${JSON.stringify(old)}))`;
      if (old.length > 0) {
        orm.run(sql`DELETE FROM tasks WHERE booking_id IN ${list}`);
        orm.run(sql`DELETE FROM stays WHERE booking_id IN ${list}`);
      }
      return { forgotten: old.length, after: page.at(-1)?.booking_id ?? from, isLast: page.length < PAGE };
    });
    if (page.isLast && sqlite.epoch().cause === 'restored') await sqlite.beginEpoch('replayed');
    return page;
  };
}

/** Readiness check. @throws Error with instructions */
export async function checkHistory({ epoch }: Pick<Sqlite, 'epoch'>): Promise<string> {
  if (epoch().cause !== 'restored') return 'one history';
  throw new Error('the database was restored from a backup; run `pnpm replay`');
}
