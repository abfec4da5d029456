import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database } from '@hotel/database';
import { openPostgres } from '@hotel/postgres';
import { asDatabase, openSqlite } from '@hotel/sqlite';
import { type PostgresServer, startPostgres } from '@hotel/system';

const { Client } = createRequire(import.meta.url)('pg') as typeof import('pg');

/** The databases that the repositories run on. */
export const dialects = ['sqlite', 'postgres'] as const;
export type Dialect = (typeof dialects)[number];

export interface TestDatabase extends AsyncDisposable {
  database: Database;
  /** Runs SQL that both databases understand. */
  execute(source: string): Promise<void>;
  /** Lets relays claim every event again at once. */
  expireClaims(): Promise<void>;
  /** Opens another pool of the same database, as another replica has. Only on PostgreSQL. */
  openReplica(): Promise<Database>;
}

/** An empty database with the schema of dispo. */
export function openTestDatabase(dialect: Dialect): Promise<TestDatabase> {
  return dialect === 'sqlite' ? openTestSqlite() : openTestPostgres();
}

async function openTestSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-dispo-'));
  const sqlite = await openSqlite({
    file: join(folder, 'dispo.sqlite'),
    migrations: new URL('../migrations/sqlite/', import.meta.url),
    namespace: 'dispo',
    synchronous: 'NORMAL',
  });
  return {
    database: asDatabase(sqlite),
    execute: async (source) => void sqlite.orm.run(source),
    expireClaims: async () => {},
    openReplica: () => Promise.reject(new Error('a file has no replicas')),
    async [Symbol.asyncDispose]() {
      await sqlite[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

interface TestServer extends AsyncDisposable {
  server: PostgresServer;
  execute(source: string, database?: string): Promise<void>;
}

const TEMPLATE = 'template_of_dispo';
let running: Promise<TestServer> | undefined;
let count = 0;

/** Starts one server per test file. Call `closeTestServer` after the tests. */
async function startTestServer(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-postgres-'));
  const server = await startPostgres({ dataDir, databases: [TEMPLATE], durable: false });
  // Closed again: a database with connections is no template.
  await (await openOn(server, TEMPLATE))[Symbol.asyncDispose]();
  return {
    server,
    async execute(source, database = 'postgres') {
      const client = new Client({ connectionString: server.url(database) });
      await client.connect();
      try {
        await client.query(source);
      } finally {
        await client.end();
      }
    },
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

/** The server of this test file. */
export function testServer(): Promise<TestServer> {
  running ??= startTestServer();
  return running;
}

async function openTestPostgres(): Promise<TestDatabase> {
  const { server, execute } = await testServer();
  const name = `dispo_${++count}`;
  await execute(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  const database = await openOn(server, name);
  return {
    database,
    execute: (source) => execute(source, name),
    expireClaims: () => execute(`UPDATE outbox SET claimed_at = claimed_at - interval '1 hour'`, name),
    openReplica: () => openOn(server, name),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

export function openOn(server: PostgresServer, name: string): Promise<Database> {
  return openPostgres({
    url: server.url(name),
    setting: 'DISPO_DATABASE_URL',
    migrations: new URL('../migrations/postgres/', import.meta.url),
    poolSize: 10,
    applicationName: 'dispo',
  });
}
