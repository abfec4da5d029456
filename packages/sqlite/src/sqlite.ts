import { createRequire } from 'node:module';
import type { Epoch, EpochCause, Query, Undecoded } from '@hotel/database';
import { createDatabaseWaits, traceDatabase } from '@hotel/telemetry';
import type { Database, Statement } from 'better-sqlite3';
import { drizzle, type Orm } from './drizzle.ts';
import { beginEpoch, readEpoch } from './epochs.ts';
import { DatabaseUnavailableError, DatabaseUnusableError, toDatabaseError } from './errors.ts';
import { createIfNew } from './file/file.ts';
import { checkIntegrity, type Integrity } from './file/integrity.ts';
import { JOURNAL_LIMIT_BYTES, startVacuum } from './file/vacuum.ts';
import { migrate } from './migrate.ts';
import { whileBusy } from './retry.ts';
import { type PreparedStatement, prepareStatement } from './statement.ts';
import { type Work, WriteQueue } from './write-queue.ts';

const require = createRequire(import.meta.url);
const open = require('better-sqlite3') as typeof import('better-sqlite3');

/** Upper bound on waiting inside SQLite, which blocks the event loop. */
const BUSY_TIMEOUT_MS = 20;
/** How long startup waits for another process's migrations. */
const MIGRATION_WAIT_MS = 10_000;
/**
 * better-sqlite3's default of 16 MB fills up over time in every process. With a million bookings, finding free rooms is
 * as fast with 8 MB and takes twice as long with 4 MB; a new booking takes some tenths of a millisecond longer.
 */
const PAGE_CACHE_KIB = 8_000;

/** One SQLite file. Reads see committed data; writes are grouped into commits. */
export interface Sqlite extends AsyncDisposable {
  /** Builds statements. Run those that change data only inside `write`. */
  orm: Orm;
  /** Prepares a query of `orm` that runs often; see `prepareStatement`. */
  prepare<Q extends Query>(query: Q & Undecoded<Q>): PreparedStatement<Q>;
  /**
   * Runs a query. Asynchronous like that of PostgreSQL.
   * @throws DatabaseUnavailableError
   */
  read<T>(query: () => T): Promise<T>;
  /** Runs `work` in a transaction and resolves after the commit; see `WriteQueue`. */
  write<T>(work: Work<T>): Promise<T>;
  /** Readiness check: resolves once a write has been committed. @throws what `write` throws */
  check(): Promise<string>;
  /** The current epoch of the database's ids. */
  epoch(): Epoch;
  /** Begins an epoch that sorts after this one and after `after`. Resolves once it is committed. */
  beginEpoch(cause: EpochCause, after?: string): Promise<Epoch>;
}

export interface SqliteOptions {
  /** Created with its folder if it does not exist. */
  file: string;
  /** Folder with the `*.sql` migrations. */
  migrations: URL;
  /** `db.namespace` of the spans. */
  namespace: string;
  /** `FULL` survives a power cut. `NORMAL` may lose the last commits in one, but not in a process crash. */
  synchronous?: 'FULL' | 'NORMAL';
}

/**
 * Opens the file and applies pending migrations.
 * @throws DatabaseUnusableError when it is damaged or not a database; DatabaseBusyError. Damage in a large file may be
 * found later; writes are rejected from then on.
 */
export async function openSqlite({
  file,
  migrations,
  namespace,
  synchronous = 'FULL',
}: SqliteOptions): Promise<Sqlite> {
  createIfNew(file);
  const { database, integrity } = await openFile(file, synchronous);
  try {
    await whileBusy(file, MIGRATION_WAIT_MS, () => migrate(database, migrations));
  } catch (error) {
    await integrity[Symbol.asyncDispose]();
    database.close();
    throw isDamaged(error) ? new DatabaseUnusableError(file, error) : error;
  }
  const prepareUntraced = database.prepare.bind(database) as (source: string) => Statement;
  traceDatabase(database, namespace);
  const writes = new WriteQueue(database, prepareUntraced, createDatabaseWaits(namespace));
  const write = async <T>(work: Work<T>): Promise<T> => {
    const problem = integrity.problem();
    if (problem) throw new DatabaseUnavailableError(problem);
    return writes.write(work);
  };
  const vacuum = startVacuum(database, write);
  const touch = prepareUntraced('INSERT INTO database_probe VALUES (1, ?) ON CONFLICT DO UPDATE SET at = excluded.at');
  let epoch = readEpoch(database) as Epoch;
  return {
    orm: drizzle(database),
    prepare: (query) => prepareStatement(database, query),
    async read(query) {
      try {
        return query();
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
    write,
    async check() {
      await write(() => touch.run(new Date().toISOString()));
      return 'takes writes';
    },
    epoch: () => epoch,
    async beginEpoch(cause, after = '') {
      const latest = after > epoch.epoch ? after : epoch.epoch;
      epoch = await write(() => beginEpoch(database, cause, latest));
      return epoch;
    },
    async [Symbol.asyncDispose]() {
      await vacuum[Symbol.asyncDispose]();
      await writes.idle();
      await integrity[Symbol.asyncDispose]();
      database.close();
    },
  };
}

async function openFile(
  file: string,
  synchronous: 'FULL' | 'NORMAL',
): Promise<{ database: Database; integrity: Integrity }> {
  let database: Database | undefined;
  try {
    database = open(file, { timeout: BUSY_TIMEOUT_MS });
    const opened = database;
    await whileBusy(file, MIGRATION_WAIT_MS, () => {
      opened.pragma('journal_mode = WAL');
      opened.pragma(`synchronous = ${synchronous}`);
      opened.pragma('foreign_keys = ON');
      opened.pragma(`cache_size = -${PAGE_CACHE_KIB}`);
      opened.pragma(`journal_size_limit = ${JOURNAL_LIMIT_BYTES}`);
    });
    return { database: opened, integrity: await checkIntegrity(opened) };
  } catch (error) {
    database?.close();
    throw isDamaged(error) ? new DatabaseUnusableError(file, error) : toDatabaseError(error);
  }
}

function isDamaged(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(NOTADB|CORRUPT)/.test(String(error.code));
}
