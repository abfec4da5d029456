import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type PostgresServer, startPostgres } from '@hotel/system';
import { type Link, startLink } from '@hotel/system/test';
import { hotel } from 'dev/system';
import { Client } from 'pg';

export type DatabaseKind = 'sqlite' | 'postgres';
export type DatabaseName = 'dispo' | 'cleaning';

/** The databases of the services. */
export interface Databases extends AsyncDisposable {
  readonly kind: DatabaseKind;
  /** Variables that select them. */
  readonly env: Readonly<Record<string, string>>;
  /** The server, and the link through which the services reach it. Undefined for SQLite. */
  readonly postgres: { server: PostgresServer; link: Link } | undefined;
  /** Number of rows in a table, read past the links. */
  count(name: DatabaseName, table: 'outbox' | 'processed_events'): Promise<number>;
}

export function openSqlite(dataDir: string): Databases {
  return {
    kind: 'sqlite',
    env: {},
    postgres: undefined,
    async count(name, table) {
      const database = new DatabaseSync(join(dataDir, `${name}.sqlite`), { readOnly: true });
      try {
        return (database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n;
      } finally {
        database.close();
      }
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** Starts a private server. */
export async function openPostgres(
  dataDir: string,
  { onUnexpectedExit }: Pick<Parameters<typeof startPostgres>[0], 'onUnexpectedExit'>,
): Promise<Databases> {
  await using undo = new AsyncDisposableStack();
  const databases = Object.values(hotel.databases);
  const server = await startPostgres({ dataDir, databases, durable: false, onUnexpectedExit });
  undo.defer(() => server.stop());
  const link = undo.use(await startLink(server.port));
  const resources = undo.move();
  return {
    kind: 'postgres',
    env: Object.fromEntries(
      Object.entries(hotel.databases).map(([variable, name]) => {
        const url = new URL(server.url(name));
        url.port = String(link.port);
        return [variable, url.href];
      }),
    ),
    postgres: { server, link },
    count: (name, table) =>
      withClient(server, name, async (client) => {
        const { rows } = await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
        return rows[0]?.n ?? 0;
      }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Connects directly to a database of the server, as its superuser. */
export async function withClient<T>(
  server: Pick<PostgresServer, 'url'>,
  name: DatabaseName,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({ connectionString: server.url(name) });
  // A fault may cut this connection too; its statement then rejects.
  client.on('error', () => {});
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
