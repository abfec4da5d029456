/**
 * The history that a database's ids belong to. A copy that is put back repeats ids and revisions that others may have seen
 * already: a new epoch tells the two histories apart. Epochs sort by age as text.
 */
import type { Database } from 'better-sqlite3';
import { v7 as uuid } from 'uuid';

/**
 * Why an epoch began. `backup` marks a copy made by `backUp`: whoever opens it finds that it was restored. `conflict`: a reader
 * knew more than this database. Both leave readers with what this database lacks, until it is `replayed` to them.
 */
export type EpochCause = 'created' | 'backup' | 'restored' | 'conflict' | 'replaying' | 'replayed';

export interface Epoch {
  epoch: string;
  cause: EpochCause;
  /** RFC 3339 */
  began_at: string;
}

/** Runs in the transaction of the migrations. Makes the first epoch, or a new one where the file is a backup that was put back. */
export function migrateEpochs(database: Database): void {
  database.exec(`CREATE TABLE IF NOT EXISTS database_epochs (
    epoch TEXT PRIMARY KEY, cause TEXT NOT NULL, began_at TEXT NOT NULL) STRICT, WITHOUT ROWID`);
  const last = readEpoch(database);
  if (!last) beginEpoch(database, 'created');
  else if (last.cause === 'backup') beginEpoch(database, 'restored', last.epoch);
}

/** The latest epoch; undefined in a database that has none yet. */
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

/** The first 48 bits of a UUID of version 7 are milliseconds since 1970. */
function timeOf(epoch: string): number {
  return Number.parseInt(epoch.replaceAll('-', '').slice(0, 12), 16);
}
