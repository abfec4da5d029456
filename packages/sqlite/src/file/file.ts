import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { DatabaseUnusableError } from '../errors.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

/**
 * Creates an empty database and its folder if there is none. The file appears atomically: SQLite would treat an empty
 * file as a new database, but here it can only be one that has lost its content.
 * @throws DatabaseUnusableError when the file is empty, or only its journal exists.
 */
export function createIfNew(file: string): void {
  // Checked first: a database always exists before its journal does.
  const hasJournal = existsSync(`${file}-wal`);
  if (existsSync(file)) {
    if (statSync(file).size === 0) throw new DatabaseUnusableError(file, 'it is empty, and a database never is');
    return;
  }
  if (hasJournal) throw new DatabaseUnusableError(file, `it is missing, but its last changes are in ${file}-wal`);
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${randomUUID()}`;
  const database = open(fresh);
  // Can only be set on a new file: allows free pages to be released later, see `startVacuum`.
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  database.close();
  try {
    linkSync(fresh, file);
  } catch (error) {
    // EEXIST: another process was faster. Otherwise the file system does not support links.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** Reads every page: 0.35 s for 140 MB on a laptop. @throws DatabaseUnusableError */
export function requireIntact(database: Database): void {
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new DatabaseUnusableError(database.name, String(found).replaceAll('\n', ' '));
}
