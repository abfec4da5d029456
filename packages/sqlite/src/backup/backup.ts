import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { CommandError } from '@hotel/cli';
import { beginEpoch, readEpoch } from '../epochs.ts';
import { requireIntact } from '../file/file.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

/** The backup failed; the message says why. */
export class BackupError extends CommandError {
  override name = 'BackupError';
}

const BUSY_TIMEOUT_MS = 10_000;
const ON_POSTGRES = 'use pg_dump, as docs/backup.md describes under "On PostgreSQL".';

/**
 * Copies a database, which may be in use, into one complete file with a consistent state. The copy is marked as a
 * backup, so that opening it begins a new epoch. `to` does not exist until the copy is checked and synced to disk.
 * @throws BackupError
 */
export function backUp(from: string, to: string): void {
  if (/^postgres(ql)?:/.test(from))
    throw new BackupError(`This command copies files of SQLite. On PostgreSQL, ${ON_POSTGRES}`);
  if (!existsSync(from))
    throw new BackupError(`There is no file ${from}. On PostgreSQL there are none: ${ON_POSTGRES}`);
  if (existsSync(to)) throw new BackupError(`${to} already exists and is not overwritten.`);
  const partial = `${to}.partial`;
  rmSync(partial, { force: true });
  try {
    using source = opened(from);
    source.database.prepare('VACUUM INTO ?').run(partial);
    mark(partial);
    sync(partial);
    renameSync(partial, to);
    sync(dirname(to));
  } catch (error) {
    rmSync(partial, { force: true });
    throw new BackupError(`${from} cannot be backed up: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function mark(file: string): void {
  using copy = opened(file);
  requireIntact(copy.database);
  const last = readEpoch(copy.database);
  if (!last) throw new BackupError('it has no epoch because this version has never opened it; start its service once');
  beginEpoch(copy.database, 'backup', last.epoch);
}

function opened(file: string) {
  const database = open(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  return { database, [Symbol.dispose]: () => void database.close() };
}

function sync(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
