import { readdirSync, readFileSync } from 'node:fs';
import { nextEpoch } from '@hotel/database';
import type { Client } from './driver.ts';
import { PostgresUnusableError } from './errors.ts';

/** Identifies the lock that processes take to migrate; any number that nothing else uses. */
const LOCK = 7_346_201;

const OWN_TABLES = `
  CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE IF NOT EXISTS database_epochs (
    epoch text COLLATE "C" PRIMARY KEY, cause text NOT NULL, began_at text NOT NULL);
  CREATE OR REPLACE FUNCTION current_epoch() RETURNS text STABLE LANGUAGE sql
    AS 'SELECT epoch FROM database_epochs ORDER BY epoch DESC LIMIT 1';
`;

/**
 * Applies all pending `*.sql` files of the folder in name order, in one transaction. Of processes that start at once,
 * one migrates, and the others wait and find nothing to do.
 * @throws PostgresUnusableError when the database has a migration that the folder lacks: a newer version wrote it
 */
export async function migrate(client: Client, folder: URL): Promise<void> {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  await client.query('BEGIN');
  try {
    // Ends with the transaction. Other processes may wait for long: their migrations are the same.
    await client.query('SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    await client.query(OWN_TABLES);
    const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations');
    const applied = new Set(rows.map(({ name }) => name));
    const unknown = [...applied].filter((name) => !files.includes(name));
    if (unknown.length > 0) {
      throw new PostgresUnusableError(`a newer version wrote it: it has the migrations ${unknown.join(', ')}`);
    }
    for (const file of files.filter((name) => !applied.has(name))) {
      await client.query(readFileSync(new URL(file, folder), 'utf8'));
      await client.query('INSERT INTO schema_migrations (name) VALUES ($1)', [file]);
    }
    const { epoch, cause, began_at } = nextEpoch('created');
    await client.query('INSERT INTO database_epochs SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM database_epochs)', [
      epoch,
      cause,
      began_at,
    ]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
