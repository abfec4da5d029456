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

/** A check that events arrive, whatever keeps them: Redis, the worker, or a failure that waits for a person. */
export function createOutboxCheck(read: () => Promise<OutboxState>, maxAgeMs: number): () => Promise<string> {
  return async () => {
    const { depth, oldestAgeMs } = await read();
    if (oldestAgeMs <= maxAgeMs) return `${depth} unconfirmed`;
    const ageS = Math.round(oldestAgeMs / 1_000);
    throw new Error(
      `${depth} events are not confirmed, the oldest for ${ageS} s; \`pnpm dead list\` shows those that were given up`,
    );
  };
}
