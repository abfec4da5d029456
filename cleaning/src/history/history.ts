import type { Sqlite } from '@hotel/sqlite';
import { sql } from '@hotel/sqlite/drizzle';
import { detached, type Logger } from '@hotel/telemetry';

/**
 * How long it is known of an event that it has been processed. One that comes again after that has no effect either, since its
 * revision is not above the one that is planned: it is only called outdated, where it would have been called a duplicate.
 */
const KEEP_DAYS = 30;
const FORGET_EVERY_MS = 60_000;
/** Removed in one transaction: a few milliseconds, in which nothing else is written. */
const PAGE = 1_000;

export interface HistoryOptions {
  sqlite: Sqlite;
  now: () => Date;
  log: Logger;
  everyMs?: number;
  page?: number;
}

/** Forgets processed events that are old enough, at the start and every minute, a page at a time. */
export function startForgetting(options: HistoryOptions): AsyncDisposable {
  const { sqlite, now, log, everyMs = FORGET_EVERY_MS, page = PAGE } = options;
  let forgetting: Promise<void> | undefined;
  let closed = false;

  async function forget(): Promise<void> {
    const before = new Date(now().getTime() - KEEP_DAYS * 86_400_000);
    const time = before.toISOString();
    const removePage = () =>
      sqlite.orm.run(sql`
        DELETE FROM processed_events WHERE id IN (
          SELECT id FROM processed_events WHERE id < ${firstIdOf(before)} AND processed_at < ${time} LIMIT ${page})`)
        .changes;
    while (!closed && (await sqlite.write(removePage)) === page);
  }

  function start(): void {
    if (forgetting || closed) return;
    // Nobody's request: in no trace.
    forgetting = detached(forget)
      .catch((error: unknown) => log.warn({ err: error }, 'old events could not be forgotten; it will be tried again'))
      .finally(() => {
        forgetting = undefined;
      });
  }

  const timer = setInterval(start, everyMs);
  start();
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      await forgetting;
    },
  };
}

/** Ids of version 7 begin with the time: their own order tells their age, and an index on it would cost each job 8 us. */
function firstIdOf(time: Date): string {
  const ms = time.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}`;
}
