import { sql } from '@hotel/database/drizzle';
import type { Logger } from '@hotel/log';
import type { CleaningDatabase } from '../schema.ts';

/**
 * Retention of processed event ids. An event repeated later still has no effect, since its revision is not above
 * the planned one: it counts as outdated instead of as a duplicate.
 */
const KEEP_DAYS = 30;
const DELETE_EVERY_MS = 60_000;
/** Rows deleted per transaction, which blocks other writes for a few milliseconds. */
const PAGE = 1_000;

export interface EventRetentionOptions {
  database: CleaningDatabase;
  now: () => Date;
  log: Logger;
  everyMs?: number;
  page?: number;
}

/** Deletes expired event ids at startup and then every minute, one page at a time. */
export function startEventRetention(options: EventRetentionOptions): AsyncDisposable {
  const { database, now, log, everyMs = DELETE_EVERY_MS, page = PAGE } = options;
  let deleting: Promise<void> | undefined;
  let closed = false;

  const { orm, prepare, dialect, tables } = database;
  const { processedEvents } = tables;
  const p = sql.placeholder;
  // Replicas that clean up at the same time take different rows.
  const skipLocked = dialect === 'sqlite' ? sql`` : sql`FOR UPDATE SKIP LOCKED`;
  const deletePage = prepare(
    orm.delete(processedEvents).where(sql`${processedEvents.id} IN (
      SELECT id FROM processed_events WHERE id < ${p('first_id')} AND processed_at < ${p('time')} LIMIT ${p('page')} ${skipLocked})`),
  );

  async function deleteExpired(): Promise<void> {
    const before = new Date(now().getTime() - KEEP_DAYS * 86_400_000);
    const values = { first_id: firstIdOf(before), time: before.toISOString(), page };
    let deleted = page;
    while (!closed && deleted === page) {
      deleted = await database.write(function* () {
        return yield* deletePage.run(values);
      });
    }
  }

  function start(): void {
    if (deleting || closed) return;
    deleting = deleteExpired()
      .catch((error: unknown) => log.warn({ err: error }, 'expired event ids could not be deleted; retrying'))
      .finally(() => {
        deleting = undefined;
      });
  }

  const timer = setInterval(start, everyMs);
  start();
  return {
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      await deleting;
    },
  };
}

/** UUIDv7 ids sort by time, so they need no index on their age, which would cost each job 8 us. */
function firstIdOf(time: Date): string {
  const ms = time.getTime().toString(16).padStart(12, '0');
  return `${ms.slice(0, 8)}-${ms.slice(8)}`;
}
