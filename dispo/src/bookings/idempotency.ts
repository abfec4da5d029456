import type { Sqlite } from '@hotel/sqlite';
import { and, eq, gt, sql } from '@hotel/sqlite/drizzle';
import { idempotencyKeys } from '../schema.ts';

export const KEEP_HOURS = 24;
/** About 30 MB per caller. */
export const KEYS_PER_CALLER = 100_000;
/** Old keys deleted per new key; more than one, so that a backlog of expired keys shrinks. */
const REMOVE = 10;

export interface IdempotencyKey {
  /** A digest of the caller's token, '' without tokens. Keys are scoped to their caller. */
  caller: string;
  key: string;
}

export interface Remembered {
  body_sha256: string;
  booking_id: number;
}

/** Keeps the keys of the last 24 hours, up to a limit per caller. Synchronous: runs inside a repository transaction. */
export interface IdempotencyKeys {
  find(key: IdempotencyKey): Remembered | undefined;
  remember(key: IdempotencyKey, made: Remembered): void;
}

export function createIdempotencyKeys(
  { orm, prepare }: Sqlite,
  now: () => Date,
  perCaller = KEYS_PER_CALLER,
): IdempotencyKeys {
  const p = sql.placeholder;
  const find = prepare(
    orm
      .select({ body_sha256: idempotencyKeys.body_sha256, booking_id: idempotencyKeys.booking_id })
      .from(idempotencyKeys)
      .where(
        and(
          eq(idempotencyKeys.caller, p('caller')),
          eq(idempotencyKeys.key, p('key')),
          gt(idempotencyKeys.created_at, p('expired')),
        ),
      ),
  );
  const expired = () => new Date(now().getTime() - KEEP_HOURS * 3_600_000).toISOString();
  const newest = (caller: string) =>
    sql`(SELECT ordinal FROM idempotency_keys WHERE caller = ${caller} ORDER BY ordinal DESC LIMIT 1)`;

  return {
    find: (key) => find.get({ ...key, expired: expired() }),
    remember({ caller, key }, { body_sha256, booking_id }) {
      // The key may still be stored from an expired request.
      orm.run(sql`
        INSERT INTO idempotency_keys (caller, key, ordinal, body_sha256, booking_id, created_at)
        VALUES (${caller}, ${key}, coalesce(${newest(caller)}, 0) + 1, ${body_sha256}, ${booking_id}, ${now().toISOString()})
        ON CONFLICT (caller, key) DO UPDATE SET ordinal = excluded.ordinal, body_sha256 = excluded.body_sha256,
          booking_id = excluded.booking_id, created_at = excluded.created_at`);
      // A bounded number per new key, so that no request waits for long.
      orm.run(sql`
        DELETE FROM idempotency_keys WHERE id IN (
          SELECT * FROM (SELECT id FROM idempotency_keys WHERE created_at <= ${expired()} ORDER BY created_at LIMIT ${REMOVE})
          UNION ALL
          SELECT * FROM (SELECT id FROM idempotency_keys WHERE caller = ${caller} AND ordinal <= ${newest(caller)} - ${perCaller}
                         ORDER BY ordinal LIMIT ${REMOVE}))`);
    },
  };
}
