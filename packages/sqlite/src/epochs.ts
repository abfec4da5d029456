import { type Epoch, type EpochCause, nextEpoch } from '@hotel/database';
import type { Database } from 'better-sqlite3';

/** Runs in the migration transaction. Begins the first epoch, or a new one if the file is a restored backup. */
export function migrateEpochs(database: Database): void {
  database.exec(`CREATE TABLE IF NOT EXISTS database_epochs (
    epoch TEXT PRIMARY KEY, cause TEXT NOT NULL, began_at TEXT NOT NULL) STRICT, WITHOUT ROWID`);
  const last = readEpoch(database);
  if (!last) beginEpoch(database, 'created');
  else if (last.cause === 'backup') beginEpoch(database, 'restored', last.epoch);
}

/** The latest epoch; undefined if there is none yet. */
export function readEpoch(database: Database): Epoch | undefined {
  return database.prepare('SELECT epoch, cause, began_at FROM database_epochs ORDER BY epoch DESC LIMIT 1').get() as
    | Epoch
    | undefined;
}

/** Begins an epoch that sorts after `after`, whatever the clock says. */
export function beginEpoch(database: Database, cause: EpochCause, after = ''): Epoch {
  const next = nextEpoch(cause, after);
  database.prepare('INSERT INTO database_epochs VALUES (:epoch, :cause, :began_at)').run(next);
  return next;
}
