import type { Sqlite } from '@hotel/sqlite';
import { asc, sql } from '@hotel/sqlite/drizzle';
import type { OutboxState } from '@hotel/telemetry';
import { outbox } from '../schema.ts';

/** Reads how full the outbox is, for metrics: whoever asks for those waits for it, no request does. */
export function createOutboxStateReader({ orm, read }: Sqlite, now: () => Date): () => Promise<OutboxState> {
  const count = orm.select({ depth: sql<number>`count(*)` }).from(outbox).prepare();
  // Ids sort by the time they were made.
  const oldest = orm.select({ time: outbox.time }).from(outbox).orderBy(asc(outbox.id)).limit(1).prepare();
  return () =>
    read(() => {
      const first = oldest.get();
      return {
        depth: count.get()?.depth ?? 0,
        oldestAgeMs: first ? Math.max(0, now().getTime() - Date.parse(first.time)) : 0,
      };
    });
}
