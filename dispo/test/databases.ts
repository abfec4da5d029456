import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@hotel/database';
import { openPostgres } from '@hotel/postgres';
import { databaseFactory, execute, sharedServer, type TestServer } from '@hotel/postgres/test';
import { asDatabase, openSqlite } from '@hotel/sqlite';

/** The databases that the repositories run on. */
export const dialects = ['sqlite', 'postgres'] as const;
export type Dialect = (typeof dialects)[number];
/** The database of tests that run on one of them: with `vitest run --mode postgres`, on PostgreSQL. */
export const defaultDialect: Dialect = process.env.HOTEL_TEST_REPLICAS === undefined ? 'sqlite' : 'postgres';

export interface TestDatabase extends AsyncDisposable {
  database: Database;
  /** Runs SQL that both databases understand. */
  execute(source: string): Promise<void>;
  /** Lets relays claim every event again at once. */
  expireClaims(): Promise<void>;
  /** Opens another pool of the same database, as another replica has. Only on PostgreSQL. */
  openReplica(): Promise<Database>;
  /** Opens the same database with other migrations, as another version does. */
  openVersion(migrations: URL): Promise<Database>;
}

export const migrationsOf = (dialect: Dialect) => new URL(`../migrations/${dialect}/`, import.meta.url);

/** An empty database with the schema of dispo, in a file or on this server. */
export async function openTestDatabase(on: Dialect | TestServer): Promise<TestDatabase> {
  if (on === 'sqlite') return openTestSqlite();
  return openTestPostgres(on === 'postgres' ? await sharedServer() : on);
}

async function openTestSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-dispo-'));
  const file = join(folder, 'dispo.sqlite');
  const open = (migrations: URL) => openSqlite({ file, migrations, namespace: 'dispo', synchronous: 'NORMAL' });
  const sqlite = await open(migrationsOf('sqlite'));
  return {
    database: asDatabase(sqlite),
    execute: async (source) => void sqlite.orm.run(source),
    expireClaims: async () => {},
    openReplica: () => Promise.reject(new Error('a file has no replicas')),
    openVersion: async (migrations) => asDatabase(await open(migrations)),
    async [Symbol.asyncDispose]() {
      await sqlite[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const createDatabase = databaseFactory('dispo', async (url) => (await openOn(url))[Symbol.asyncDispose]());

async function openTestPostgres(server: TestServer): Promise<TestDatabase> {
  const created = await createDatabase(server);
  const database = await openOn(created.url);
  /** The url for what may change the schema or leave connections open. */
  const spoilt = () => {
    created.spoil();
    return created.url;
  };
  return {
    database,
    execute: (source) => execute(spoilt(), source),
    expireClaims: () => execute(created.url, `UPDATE outbox SET claimed_at = claimed_at - interval '1 hour'`),
    openReplica: () => openOn(spoilt()),
    openVersion: (migrations) => openOn(spoilt(), migrations),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await created[Symbol.asyncDispose]();
    },
  };
}

export function openOn(url: string, migrations = migrationsOf('postgres')): Promise<Database> {
  return openPostgres({
    url,
    setting: 'DISPO_DATABASE_URL',
    migrations,
    poolSize: 10,
    applicationName: 'dispo',
  });
}
