import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseFactory, execute, sharedServer } from '@hotel/postgres/test';
import { type DatabaseConfig, openDatabase } from '../src/database.ts';
import type { CleaningDatabase } from '../src/schema.ts';

/** The databases that the repositories run on. */
export const dialects = ['sqlite', 'postgres'] as const;
export type Dialect = (typeof dialects)[number];
/** The database of tests that run on one of them: with `vitest run --mode postgres`, on PostgreSQL. */
const defaultDialect: Dialect = process.env.HOTEL_TEST_REPLICAS === undefined ? 'sqlite' : 'postgres';

export interface TestDatabase extends AsyncDisposable {
  database: CleaningDatabase;
  /** Environment of a process that uses the same database. */
  env: Record<string, string>;
  /** Reads rows with SQL that both databases understand. */
  rows<T>(source: string): Promise<T[]>;
  /** Runs SQL that both databases understand. */
  execute(...sources: string[]): Promise<void>;
  /** From now on, the database rejects every write. */
  refuseWrites(): Promise<void>;
  /** Opens the same database once more, as another process does. Closed on disposal. */
  openReplica(): Promise<CleaningDatabase>;
}

const createDatabase = databaseFactory('cleaning', async (url) =>
  (await openDatabase(configOf('', url), 'cleaning'))[Symbol.asyncDispose](),
);

/** A private database with the schema of cleaning, deleted on disposal. */
export async function openTestDatabase(dialect = defaultDialect): Promise<TestDatabase> {
  const open = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  const created = dialect === 'sqlite' ? undefined : open.use(await createDatabase(await sharedServer()));
  const url = created?.url;
  const connect = async () => open.use(await openDatabase(configOf(folder, url), 'cleaning'));
  const database = await connect();
  const run = (...sources: string[]) =>
    database.write<void>(function* () {
      for (const source of sources) yield* database.prepare(rawQuery(source)).run();
    });
  return {
    database,
    get env() {
      created?.spoil();
      return { HOTEL_DATA_DIR: folder, ...(url === undefined ? {} : { CLEANING_DATABASE_URL: url }) };
    },
    rows: <T>(source: string) =>
      database.read<unknown[]>(function* () {
        return yield* database.prepare(rawQuery(source)).all();
      }) as Promise<T[]>,
    execute(...sources) {
      created?.spoil();
      return run(...sources);
    },
    refuseWrites() {
      created?.spoil();
      return url === undefined ? run('PRAGMA query_only = ON') : makeReadOnly(url);
    },
    openReplica() {
      created?.spoil();
      return connect();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** The setting applies to new connections, so the open ones end. */
async function makeReadOnly(url: string): Promise<void> {
  await execute(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_read_only = on`);
  await execute(
    url,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
}

const configOf = (folder: string, url: string | undefined): DatabaseConfig => ({
  CLEANING_DATABASE_URL: url,
  CLEANING_DATABASE_POOL_SIZE: 10,
  HOTEL_DATA_DIR: folder,
  HOTEL_SQLITE_SYNCHRONOUS: 'NORMAL',
});

function rawQuery(source: string) {
  const never = () => {
    throw new TypeError('only for its SQL');
  };
  return { toSQL: () => ({ sql: source, params: [] }), prepare: () => ({ get: never, all: never }) };
}
