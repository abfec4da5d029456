import { readdirSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { migrateEpochs } from './epochs.ts';

/**
 * Applies all pending `*.sql` files of the folder in name order, in one transaction. Takes the write lock first, so
 * that of two processes that start at once one migrates and the other finds nothing to do (drizzle's own migrator takes
 * no lock).
 * @throws Error when the database has a migration that the folder lacks: a newer version wrote it.
 */
export function migrate(database: Database, folder: URL): void {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  database
    .transaction(() => {
      database.exec(
        'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT',
      );
      const applied = new Set(database.prepare('SELECT name FROM schema_migrations').pluck().all() as string[]);
      const unknown = [...applied].filter((name) => !files.includes(name));
      if (unknown.length > 0) {
        throw new Error(`${database.name} was written by a newer version: it has the migrations ${unknown.join(', ')}`);
      }
      const insert = database.prepare('INSERT INTO schema_migrations (name, applied_at) VALUES (?, ?)');
      for (const file of files.filter((name) => !applied.has(name))) {
        database.exec(readFileSync(new URL(file, folder), 'utf8'));
        insert.run(file, new Date().toISOString());
      }
      database.exec('CREATE TABLE IF NOT EXISTS database_probe (id INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT');
      migrateEpochs(database);
    })
    .immediate();
}
