import type { Sqlite } from '@hotel/sqlite';
import { asc, sql } from '@hotel/sqlite/drizzle';
import type { OutboxState } from '@hotel/telemetry';
import { outbox } from '../schema.ts';

/** Reads the depth and age of the outbox for metrics, when they are scraped. */
export function createOutboxStateReader({ orm, read }: Sqlite, now: () => Date): () => Promise<OutboxState> {
  const count = orm.select({ depth: sql<number>`count(*)` }).from(outbox).prepare();
  // Ids sort by creation time.
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

/** Checks that events get confirmed. Catches any cause: Redis, the worker, or a failure that needs a person. */
export function createOutboxCheck(read: () => Promise<OutboxState>, maxAgeMs: number): () => Promise<string> {
  return async () => {
    const { depth, oldestAgeMs } = await read();
    if (oldestAgeMs <= maxAgeMs) return `${depth} unconfirmed`;
    const ageS = Math.round(oldestAgeMs / 1_000);
    throw new Error(
      `${depth} events are not confirmed, the oldest for ${ageS} s; \`pnpm dead list\` lists the dead letters`,
    );
  };
}
