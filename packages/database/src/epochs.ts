/**
 * The history that a database's ids belong to. A restored backup reuses ids and revisions that others may already have
 * seen: a new epoch distinguishes the two histories. Epochs sort by age as text.
 */
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

/** An epoch that sorts after `after`, whatever the clock says. */
export function nextEpoch(cause: EpochCause, after = ''): Epoch {
  const msecs = Math.max(Date.now(), after === '' ? 0 : timeOf(after) + 1);
  return { epoch: uuid({ msecs }), cause, began_at: new Date().toISOString() };
}

/** The first 48 bits of a UUIDv7 are epoch milliseconds. */
function timeOf(epoch: string): number {
  return Number.parseInt(epoch.replaceAll('-', '').slice(0, 12), 16);
}
