import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';

/** Looked at in one transaction: a few milliseconds, in which nothing else is written. */
const PAGE = 500;

export interface Forgotten {
  /** How many stays of this page have been forgotten. */
  forgotten: number;
  /** Where the next page begins. */
  after: number;
  isLast: boolean;
}

/**
 * Forgets stays that were last heard of in an epoch before this one, with their tasks, among a page of stays: after a replay, dispo
 * does not have them.
 */
export type ForgetBefore = (epoch: string, after: number) => Promise<Forgotten>;

export function createForgetBefore(sqlite: Sqlite): ForgetBefore {
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

/** For readiness. @throws Error that says what to do */
export async function checkHistory({ epoch }: Pick<Sqlite, 'epoch'>): Promise<string> {
  if (epoch().cause !== 'restored') return 'one history';
  throw new Error('the database was restored from a backup; run `pnpm replay`');
}
