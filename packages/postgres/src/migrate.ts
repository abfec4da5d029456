import { setTimeout as sleep } from 'node:timers/promises';
import { type AppliedMigration, type Migration, nextEpoch, pendingMigrations, readMigrations } from '@hotel/database';
import { type Client, DatabaseError } from './driver.ts';
import { PostgresUnusableError } from './errors.ts';

/** Identifies the lock that processes take to migrate; any number that nothing else uses. */
const LOCK = 7_346_201;

/**
 * A statement that changes a table waits for transactions that use it, and whatever needs the table then waits for that
 * statement. So it gives up soon, and tries again.
 */
const LOCK_TIMEOUT_MS = 2_000;
const MAX_ATTEMPTS = 30;
const PAUSE_MS = 1_000;
const LOCK_NOT_AVAILABLE = '55P03';
const DEADLOCK_DETECTED = '40P01';
const INSUFFICIENT_PRIVILEGE = '42501';

/** The driver cannot disable its limit for one query; this is the longest that a timer can have. Its types lack the option. */
const unlimited = { query_timeout: 2 ** 31 - 1 };

const OWN_TABLES = `
  CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
  ALTER TABLE schema_migrations ADD COLUMN IF NOT EXISTS oldest_code text;
  CREATE TABLE IF NOT EXISTS database_epochs (
    epoch text COLLATE "C" PRIMARY KEY, cause text NOT NULL, began_at text NOT NULL);
  -- For statements that write the current epoch. Each connection plans the query of a PL/pgSQL function once; that of an
  -- SQL function is planned for every row.
  CREATE OR REPLACE FUNCTION current_epoch() RETURNS text STABLE LANGUAGE plpgsql
    AS 'BEGIN RETURN (SELECT epoch FROM database_epochs ORDER BY epoch DESC LIMIT 1); END';
`;

/**
 * Applies all pending migrations of the folder, in one transaction. Of processes that start at once, one migrates, and
 * the others wait and find nothing to do. Where nothing is pending, no right to change the schema is needed.
 * @throws Error when this code may not run on the database, or its user may not migrate it
 */
export async function migrate(client: Client, folder: URL): Promise<void> {
  const own = readMigrations(folder);
  if (await isCurrent(client, own)) return;
  for (let attempt = 1; ; attempt++) {
    try {
      return await apply(client, own);
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {});
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (code === INSUFFICIENT_PRIVILEGE) {
        throw new PostgresUnusableError(`its user may not migrate it: ${(error as Error).message}`, { cause: error });
      }
      if (code !== LOCK_NOT_AVAILABLE && code !== DEADLOCK_DETECTED) throw error;
      if (attempt === MAX_ATTEMPTS) {
        throw new PostgresUnusableError(
          `it cannot be migrated, because other transactions use its tables for too long: ${(error as Error).message}`,
          { cause: error },
        );
      }
      await sleep(PAUSE_MS * Math.random());
    }
  }
}

/** Begins a transaction that waits for others that migrate, however long they take: their migrations are the same. */
async function beginUnlimited(client: Client): Promise<void> {
  await client.query('BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0');
}

/** Whether nothing is pending. A process that migrates locks the table that shows it. */
async function isCurrent(client: Client, own: readonly Migration[]): Promise<boolean> {
  await beginUnlimited(client);
  try {
    return (await readPending(client, own)).length === 0;
  } finally {
    await client.query('ROLLBACK').catch(() => {});
  }
}

async function apply(client: Client, own: readonly Migration[]): Promise<void> {
  const run = (text: string, values: unknown[] = []) => client.query({ text, values, ...unlimited });
  await beginUnlimited(client);
  await run('SELECT pg_advisory_xact_lock($1)', [LOCK]);
  await run(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  const pending = await readPending(client, own);
  if (pending.length > 0) await run(OWN_TABLES);
  for (const { name, source, oldestCode } of pending) {
    await run(source);
    await run('INSERT INTO schema_migrations (name, oldest_code) VALUES ($1, $2)', [name, oldestCode]);
  }
  const { epoch, cause, began_at } = nextEpoch('created');
  await run('INSERT INTO database_epochs SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM database_epochs)', [
    epoch,
    cause,
    began_at,
  ]);
  await run('COMMIT');
}

async function readPending(client: Client, own: readonly Migration[]): Promise<Migration[]> {
  // `to_regclass` would answer from a cache that does not notice what was committed while this process waited.
  const { rowCount: tables } = await client.query({
    text: `SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'schema_migrations'`,
    ...unlimited,
  });
  if (tables === 0) return [...own];
  // As JSON, because tables of versions that rejected every newer schema lack the column.
  const { rows } = await client.query<AppliedMigration>({
    text: `SELECT name, to_jsonb(m) ->> 'oldest_code' AS "oldestCode" FROM schema_migrations m`,
    ...unlimited,
  });
  return pendingMigrations(own, rows);
}
