import { type Step, TransactionConflict } from '@hotel/database';
import { and, eq, gt, lte, sql } from '@hotel/database/drizzle';
import type { DispoDatabase } from '../schema.ts';

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

/** Keeps the keys of the last 24 hours, up to a limit per caller. To use inside a transaction of the repository. */
export interface IdempotencyKeys {
  find(key: IdempotencyKey): Step<Remembered | undefined>;
  /** @throws TransactionConflict when the key was remembered meanwhile */
  remember(key: IdempotencyKey, made: Remembered): Step<void>;
}

export function createIdempotencyKeys(
  { orm, prepare, tables: { idempotencyKeys } }: DispoDatabase,
  now: () => Date,
  perCaller = KEYS_PER_CALLER,
): IdempotencyKeys {
  const p = sql.placeholder;
  const { caller, key, ordinal, created_at, body_sha256, booking_id } = idempotencyKeys;
  const find = prepare(
    orm
      .select({ body_sha256, booking_id })
      .from(idempotencyKeys)
      .where(and(eq(caller, p('caller')), eq(key, p('key')), gt(created_at, p('expired')))),
  );
  const newest = sql`(SELECT ordinal FROM idempotency_keys WHERE caller = ${p('caller')} ORDER BY ordinal DESC LIMIT 1)`;
  const made = {
    ordinal: sql`coalesce(${newest}, 0) + 1`,
    body_sha256: p('body_sha256'),
    booking_id: p('booking_id'),
    created_at: p('now'),
  };
  const remember = prepare(
    orm
      .insert(idempotencyKeys)
      .values({ caller: p('caller'), key: p('key'), ...made })
      .onConflictDoUpdate({
        target: [caller, key],
        set: {
          ordinal: sql`excluded.ordinal`,
          body_sha256: sql`excluded.body_sha256`,
          booking_id: sql`excluded.booking_id`,
          created_at: sql`excluded.created_at`,
        },
        // The key may still be stored from an expired request.
        setWhere: lte(created_at, p('expired')),
      }),
  );
  // A bounded number per new key, so that no request waits for long.
  const forget = prepare(
    orm.delete(idempotencyKeys).where(sql`${idempotencyKeys.id} IN (
      SELECT * FROM (SELECT id FROM idempotency_keys WHERE ${created_at} <= ${p('expired')}
                     ORDER BY created_at LIMIT ${REMOVE}) AS expired
      UNION ALL
      SELECT * FROM (SELECT id FROM idempotency_keys WHERE ${caller} = ${p('caller')} AND ${ordinal} <= ${newest} - ${perCaller}
                     ORDER BY ordinal LIMIT ${REMOVE}) AS surplus)`),
  );
  const expired = () => new Date(now().getTime() - KEEP_HOURS * 3_600_000).toISOString();

  return {
    find: (key) => find.get({ ...key, expired: expired() }),
    *remember(key, made) {
      const times = { now: now().toISOString(), expired: expired() };
      const changes = yield* remember.run({ ...key, ...made, ...times });
      if (changes === 0) throw new TransactionConflict('the Idempotency-Key was used meanwhile');
      yield* forget.run({ caller: key.caller, expired: times.expired });
    },
  };
}
