import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@hotel/system';
import { type DatabaseConfig, openDatabase } from '../src/database.ts';
import type { CleaningDatabase } from '../src/schema.ts';

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg');

/** The databases that the repositories run on. */
export const dialects = ['sqlite', 'postgres'] as const;
export type Dialect = (typeof dialects)[number];

export interface TestDatabase extends AsyncDisposable {
  database: CleaningDatabase;
  /** Environment of a process that uses the same database. */
  env: Record<string, string>;
  /** Reads rows with SQL that both databases understand. */
  rows<T>(source: string): Promise<T[]>;
  /** Runs SQL that both databases understand. */
  execute(...sources: string[]): Promise<void>;
  /** Opens the same database once more, as another process does. Closed on disposal. */
  openReplica(): Promise<CleaningDatabase>;
}

/** A private database with the schema of cleaning, deleted on disposal. */
export async function openTestDatabase(dialect: Dialect = 'sqlite'): Promise<TestDatabase> {
  const open = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  const url = dialect === 'sqlite' ? undefined : await createPostgresDatabase();
  const connect = async () => open.use(await openDatabase(configOf(folder, url), 'cleaning'));
  const database = await connect();
  return {
    database,
    env: { HOTEL_DATA_DIR: folder, ...(url === undefined ? {} : { CLEANING_DATABASE_URL: url }) },
    rows: <T>(source: string) =>
      database.read<unknown[]>(function* () {
        return yield* database.prepare(rawQuery(source)).all();
      }) as Promise<T[]>,
    execute: (...sources) =>
      database.write<void>(function* () {
        for (const source of sources) yield* database.prepare(rawQuery(source)).run();
      }),
    openReplica: connect,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
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

const TEMPLATE = 'template_of_cleaning';
interface TestServer extends AsyncDisposable {
  server: PostgresServer;
}
let running: Promise<TestServer> | undefined;
let count = 0;

/** Starts one server per test file. Call `closeTestServer` after the tests. */
async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-postgres-'));
  const server = await startPostgres({ dataDir, databases: [TEMPLATE], durable: false });
  // Closed again: a database with connections is no template.
  const template = await openDatabase(configOf(dataDir, server.url(TEMPLATE)), 'cleaning');
  await template[Symbol.asyncDispose]();
  return {
    server,
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function closeTestServer(): Promise<void> {
  const started = await running;
  running = undefined;
  await started?.[Symbol.asyncDispose]();
}

async function createPostgresDatabase(): Promise<string> {
  running ??= startTestServer();
  const { server } = await running;
  const name = `cleaning_${++count}`;
  const client = new Client({ connectionString: server.url('postgres') });
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  await client.end();
  return server.url(name);
}
