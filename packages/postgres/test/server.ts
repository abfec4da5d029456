import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '@hotel/system';
import { inject } from 'vitest';
import { Client } from '../src/driver.ts';

/** A PostgreSQL server on which tests create databases. */
export interface TestServer {
  /** `postgres://…` of one of its databases. The user is a superuser. */
  url(database: string): string;
}

/** A server that one test file may stop and kill. */
export interface OwnServer extends TestServer, PostgresServer, AsyncDisposable {}

/** Starts a server, whose data is deleted on disposal. */
export async function startServer(): Promise<OwnServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-postgres-'));
  const server = await startPostgres({ dataDir, databases: [], durable: false });
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  });
}

let shared: Promise<TestServer> | undefined;

/** The server that all test files of the run share. `lend-server.ts` must be among Vitest's `globalSetup`. */
export function sharedServer(): Promise<TestServer> {
  shared ??= borrow();
  return shared;
}

async function borrow(): Promise<TestServer> {
  const response = await fetch(inject('postgresLender'));
  const answer = await response.text();
  if (!response.ok) throw new Error(answer);
  return {
    url(database) {
      const url = new URL(answer);
      url.pathname = `/${database}`;
      return url.href;
    },
  };
}

/** Runs SQL on a connection of its own: one transaction, or one for each source. */
export async function execute(url: string, sources: string | string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const source of [sources].flat()) await client.query(source);
  } finally {
    // Waits until the connection is closed, which a pool does not: the server may stop right after.
    await client.end();
  }
}

/** A database of one test. Disposal empties it for the next test. */
export interface CreatedDatabase extends AsyncDisposable {
  url: string;
  /** For tests that may change more than rows, or leave connections behind: disposal drops the database. */
  spoil(): void;
}

/** Faster than another database: one truncation instead of some hundred new files. */
const EMPTY = `
  DELETE FROM database_epochs WHERE epoch > (SELECT min(epoch) FROM database_epochs);
  DO $$ BEGIN
    EXECUTE (
      SELECT 'TRUNCATE ' || string_agg(quote_ident(tablename), ', ') || ' RESTART IDENTITY' FROM pg_tables
      WHERE schemaname = 'public' AND tablename NOT IN ('schema_migrations', 'database_epochs'));
  END $$`;

/**
 * Returns how to get empty databases with a schema: copies of one that `migrate` has prepared, once per server, or those of
 * earlier tests.
 */
export function databaseFactory(
  name: string,
  migrate: (url: string) => Promise<void>,
): (server: TestServer) => Promise<CreatedDatabase> {
  const templates = new WeakMap<TestServer, Promise<string>>();
  const idle = new WeakMap<TestServer, string[]>();
  let count = 0;
  // Files that share a server may use the same name.
  const prefix = `${name}_${randomUUID().replaceAll('-', '')}`;
  const template = async (server: TestServer) => {
    await execute(server.url('postgres'), `CREATE DATABASE ${prefix}`);
    await migrate(server.url(prefix));
    return prefix;
  };
  const create = async (server: TestServer) => {
    const known = templates.get(server) ?? template(server);
    templates.set(server, known);
    const database = `${prefix}_${++count}`;
    await execute(server.url('postgres'), `CREATE DATABASE ${database} TEMPLATE ${await known}`);
    return database;
  };
  return async (server) => {
    const free = idle.get(server) ?? [];
    idle.set(server, free);
    const database = free.pop() ?? (await create(server));
    let isSpoilt = false;
    return {
      url: server.url(database),
      spoil() {
        isSpoilt = true;
      },
      async [Symbol.asyncDispose]() {
        if (isSpoilt) return execute(server.url('postgres'), `DROP DATABASE ${database} WITH (FORCE)`);
        await execute(server.url(database), EMPTY);
        free.push(database);
      },
    };
  };
}
