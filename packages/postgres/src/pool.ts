import type { Writable } from 'node:stream';
import type { Pool as PgPool } from 'pg';
import { type Client, Pool, types } from './driver.ts';
import { ACQUIRE_TIMEOUT_MS, ANSWER_TIMEOUT_MS, LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './limits.ts';

/** Longer than the pauses between bursts of requests: a new connection is a new process of the server. */
const IDLE_TIMEOUT_MS = 300_000;
/** pg's message when there was no answer in time. */
const SILENT = 'Query read timeout';
const INT8 = 20;

export interface PoolOptions {
  url: string;
  size: number;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
}

export function createPool({ url, size, applicationName }: PoolOptions): PgPool {
  const pool = new Pool({
    // Without it, the driver would take `sslmode=require` for `verify-full`, and warn.
    connectionString: withLibpqModes(url),
    max: size,
    application_name: applicationName,
    connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    query_timeout: ANSWER_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: 2 * ANSWER_TIMEOUT_MS,
    keepAlive: true,
    // Statements that do not wait for each other's responses are sent at once.
    pipeline: true,
    // Counts, ids and revisions are safe integers.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === INT8 ? Number : types.getTypeParser(oid, format as 'text'),
    } as never,
  });
  // A lost connection is replaced, and its statement rejected. Without listeners, the error would also end the process:
  // the pool listens to idle connections only.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('release', (error: unknown) => {
    if (error instanceof Error && error.message === SILENT) closeIdle(pool);
  });
  return pool;
}

function withLibpqModes(url: string): string {
  const parsed = new URL(url);
  if (parsed.searchParams.has('sslmode')) parsed.searchParams.set('uselibpqcompat', 'true');
  return parsed.href;
}

/** Sends what `send` sends in one piece: for short statements, a system call and a wakeup of the server cost the most. */
export function atOnce<T>(client: Client, send: () => T): T {
  // pg does the same with the messages of one statement.
  const stream = streamOf(client);
  stream.cork();
  try {
    return send();
  } finally {
    stream.uncork();
  }
}

/** Closes a connection at once. Its statements reject. */
export function destroy(client: Client): void {
  streamOf(client).destroy();
}

/** Not in the types of pg. */
function streamOf(client: Client): Writable {
  return (client as unknown as { connection: { stream: Writable } }).connection.stream;
}

/**
 * Closes the connections that no one uses. When one of them gets no answer, the host may have vanished without closing
 * any: otherwise a request would have to find out for each.
 */
function closeIdle(pool: PgPool): void {
  for (let count = pool.idleCount; count > 0; count--) {
    pool.connect().then(
      (client) => client.release(true),
      () => {},
    );
  }
}

/** Gives a connection back. After an error that leaves its state unknown, it is closed. */
export function release(client: Client, error?: unknown): void {
  client.release(error instanceof Error ? error : error !== undefined);
}
