import { type AppliedMigration, pendingMigrations, readMigrations } from '@hotel/database';
import type { Database } from 'better-sqlite3';
import { migrateEpochs } from './epochs.ts';

/**
 * Applies all pending migrations of the folder, in one transaction. Takes the write lock first, so that of two
 * processes that start at once one migrates and the other finds nothing to do (drizzle's own migrator takes no lock).
 * @throws Error when this code may not run on the database, see `pendingMigrations`
 */
export function migrate(database: Database, folder: URL): void {
  const own = readMigrations(folder);
  database
    .transaction(() => {
      database.exec(
        'CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL) STRICT',
      );
      // Databases of versions that rejected every newer schema lack it.
      if (!database.prepare(`SELECT 1 FROM pragma_table_info('schema_migrations') WHERE name = 'oldest_code'`).get()) {
        database.exec('ALTER TABLE schema_migrations ADD COLUMN oldest_code TEXT');
      }
      for (const { name, source, oldestCode } of requirePending()) {
        database.exec(source);
        insert().run(name, new Date().toISOString(), oldestCode);
      }
      database.exec('CREATE TABLE IF NOT EXISTS database_probe (id INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT');
      migrateEpochs(database);
    })
    .immediate();

  function insert() {
    return database.prepare('INSERT INTO schema_migrations (name, applied_at, oldest_code) VALUES (?, ?, ?)');
  }

  function requirePending() {
    const applied = database.prepare('SELECT name, oldest_code AS oldestCode FROM schema_migrations').all();
    try {
      return pendingMigrations(own, applied as AppliedMigration[]);
    } catch (error) {
      throw new Error(`${database.name} cannot be used: ${(error as Error).message}`);
    }
  }
}
