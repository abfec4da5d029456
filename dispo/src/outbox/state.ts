import { asc, sql } from '@hotel/database/drizzle';
import type { DispoDatabase } from '../schema.ts';

/** The backlog of the outbox. */
export interface OutboxState {
  /** Unconfirmed events. */
  depth: number;
  /** Milliseconds since the oldest of them was written; 0 if there are none. */
  oldestAgeMs: number;
}

/** Reads the depth and age of the outbox for metrics, when they are scraped. */
export function createOutboxStateReader(database: DispoDatabase, now: () => Date): () => Promise<OutboxState> {
  const { orm, prepare } = database;
  const { outbox } = database.tables;
  const count = prepare(orm.select({ depth: sql<number>`count(*)`.as('depth') }).from(outbox));
  // Ids sort by creation time.
  const oldest = prepare(orm.select({ time: outbox.time }).from(outbox).orderBy(asc(outbox.id)).limit(1));
  return () =>
    database.read(function* () {
      const first = yield* oldest.get();
      return {
        depth: (yield* count.get())?.depth ?? 0,
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
