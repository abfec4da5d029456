import { type Database, type Epoch, nextEpoch, postgresColumns, type Request } from '@hotel/database';
import { loadPostgres, sql } from '@hotel/database/drizzle';
import { createPostgresWaits, postgresQuery } from '@hotel/telemetry';
import type { QueryResultRow } from 'pg';
import { Connections } from './connections.ts';
import { PostgresError, PostgresUnusableError, toDatabaseError } from './errors.ts';
import { withAnswerTimeout } from './limits.ts';
import { migrate } from './migrate.ts';
import { createPool } from './pool.ts';
import { createPreparer } from './statement.ts';
import { Transactions } from './transactions.ts';
import { requireUsable, type ServerState, STATE } from './usable.ts';

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `sslmode` for TLS. */
  url: string;
  /** The setting that holds the URL, for messages. */
  setting: string;
  /** Folder with the `*.sql` migrations. */
  migrations: URL;
  /** Upper bound on connections. */
  poolSize: number;
  /** The process, as `pg_stat_activity` shows it. */
  applicationName: string;
}

/**
 * Connects to the database and applies pending migrations.
 * @throws PostgresUnusableError with one message that says what is wrong
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { url, setting, migrations, poolSize, applicationName } = options;
  const { hostname, port, pathname } = new URL(url);
  const target = {
    namespace: decodeURIComponent(pathname.slice(1)),
    address: hostname,
    port: Number(port || 5432),
  };
  const connections = new Connections(createPool({ url, size: poolSize, applicationName }));
  const transactions = new Transactions({
    connections,
    waits: createPostgresWaits(target),
    commit: postgresQuery('COMMIT', target),
    rollback: postgresQuery('ROLLBACK', target),
  });
  try {
    await transactions.onConnection(async (client) => {
      requireUsable((await client.query<ServerState>(STATE)).rows[0]);
      await migrate(client, migrations);
    });
  } catch (error) {
    await connections.close();
    const reason = error instanceof Error ? error.message || String(error) : String(error);
    const where = `${target.address}:${target.port}/${target.namespace}`;
    throw new PostgresUnusableError(`the database ${where} of ${setting} cannot be used: ${reason}`, { cause: error });
  }

  const { PgDatabase, PgDialect } = loadPostgres();
  const orm = new PgDatabase(new PgDialect(), undefined as never, undefined) as unknown as Database['orm'];
  const prepare = createPreparer(target);
  const lastEpoch = prepare(
    orm
      .select({ epoch: sql<string>`epoch`.as('epoch') })
      .from(sql`database_epochs`)
      .orderBy(sql`epoch DESC`)
      .limit(1),
  );
  function* currentEpoch(): Generator<Request, string, unknown> {
    return (yield* lastEpoch.get())?.epoch ?? '';
  }
  /** Untraced: it belongs to no request. */
  async function query<Row extends QueryResultRow>(source: string, values: unknown[] = []): Promise<Row[]> {
    try {
      return (
        await transactions.onConnection((client) => client.query<Row>(withAnswerTimeout({ text: source, values })))
      ).rows;
    } catch (error) {
      throw toDatabaseError(error);
    }
  }
  async function epoch(): Promise<Epoch> {
    const [last] = await query<Epoch>('SELECT epoch, cause, began_at FROM database_epochs ORDER BY epoch DESC LIMIT 1');
    return last as Epoch;
  }

  return {
    dialect: 'postgres',
    columns: postgresColumns(),
    orm,
    prepare,
    lock: (query, ...tables) => (query as Lockable).for('no key update', { of: tables }) as typeof query,
    read: (body) => transactions.read(body),
    write: (body, { isSerializable = false } = {}) =>
      transactions.write(body, isSerializable ? 'SERIALIZABLE' : 'READ COMMITTED'),
    async check() {
      const [row] = await query<{ read_only: string }>(`SELECT current_setting('transaction_read_only') AS read_only`);
      if (row?.read_only === 'off') return 'takes writes';
      throw new PostgresError('database_unreachable', 'the database is read-only: it may be a standby', undefined);
    },
    epoch,
    currentEpoch,
    async beginEpoch(cause, after = '') {
      const current = await epoch();
      const next = nextEpoch(cause, after > current.epoch ? after : current.epoch);
      await query('INSERT INTO database_epochs VALUES ($1, $2, $3)', [next.epoch, next.cause, next.began_at]);
      return next;
    },
    closeSoon: () => connections.closeSoon(),
    [Symbol.asyncDispose]: () => connections.close(),
  };
}

interface Lockable {
  for(strength: 'no key update', config: { of: unknown[] }): unknown;
}
