/**
 * The history that a database's ids belong to. A restored backup reuses ids and revisions that others may already have
 * seen: a new epoch distinguishes the two histories. Epochs sort by age as text.
 */
import type { Database } from 'better-sqlite3';
import { v7 as uuid } from 'uuid';

/**
 * Why an epoch began. `backup` marks a copy made by `backUp`, so that opening it detects a restore. `conflict`: a
 * reader knew more than this database. After either, readers may hold state that this database lacks, until it is
 * `replayed` to them.
 */
export type EpochCause = 'created' | 'backup' | 'restored' | 'conflict' | 'replaying' | 'replayed';

export interface Epoch {
  epoch: string;
  cause: EpochCause;
  /** RFC 3339 */
  began_at: string;
}

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
  const msecs = Math.max(Date.now(), after === '' ? 0 : timeOf(after) + 1);
  const next: Epoch = { epoch: uuid({ msecs }), cause, began_at: new Date().toISOString() };
  database.prepare('INSERT INTO database_epochs VALUES (:epoch, :cause, :began_at)').run(next);
  return next;
}

/** The first 48 bits of a UUIDv7 are epoch milliseconds. */
function timeOf(epoch: string): number {
  return Number.parseInt(epoch.replaceAll('-', '').slice(0, 12), 16);
}
