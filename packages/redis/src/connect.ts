import { createRequire } from 'node:module';
import type { Logger } from '@hotel/log';
import { detached } from '@hotel/telemetry';
import type { Redis as RedisClient } from 'ioredis';

/**
 * Loaded with `require`, which the Redis instrumentation can patch. Patching an import needs a loader hook, with which
 * Node strips the types of every file again at each start: 60 MB and 300 ms per process.
 */
const { Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');

/** Longer than BullMQ's longest blocking command (10 s), because BullMQ duplicates our connections. */
const LONGEST_SILENCE_MS = 12_000;
const HEARTBEAT_MS = 5_000;
/** How long a producer waits for a reply. */
const COMMAND_TIMEOUT_MS = 5_000;
/** Errors of a server that is not, or not yet, writable. A script's error may quote them in its text. */
const NEEDS_NEW_CONNECTION = /(?:^|[\s-])(?:READONLY|MASTERDOWN|LOADING) /;
/** Connections that end in such an error within this time count as consecutive attempts, with growing delays. */
const IN_A_ROW_MS = 30_000;

export interface ConnectRedisOptions {
  /** For a BullMQ worker: commands wait for the next connection instead of failing. */
  forWorker?: boolean;
  /** How long a connection may stay silent with a command in flight before it is replaced. */
  longestSilenceMs?: number;
  heartbeatMs?: number;
}

/**
 * A connection for a queue's producer: without Redis, commands fail at once instead of hanging or piling up.
 * Reconnects indefinitely, with delays of up to 2 s. Replaces a connection whose peer vanished without a reset, or
 * whose server no longer accepts writes.
 */
export function connectRedis(
  url: string,
  log: Logger,
  { forWorker = false, longestSilenceMs = LONGEST_SILENCE_MS, heartbeatMs = HEARTBEAT_MS }: ConnectRedisOptions = {},
): RedisClient & AsyncDisposable {
  const wrongServer = { times: 0, lastAt: Number.NEGATIVE_INFINITY };

  function reconnectOnError(error: Error): false | 1 | 2 {
    if (!NEEDS_NEW_CONNECTION.test(error.message)) return false;
    const now = performance.now();
    wrongServer.times = now - wrongServer.lastAt > IN_A_ROW_MS ? 0 : wrongServer.times + 1;
    wrongServer.lastAt = now;
    report('Redis takes no writes here, connecting again', error);
    // 2 resends the command: a worker's commands wait for Redis, a producer's fail.
    return forWorker ? 2 : 1;
  }

  const redis = detached(
    () =>
      new Redis(url, {
        // BullMQ requires null: a worker's blocking command may outlive any number of reconnects.
        maxRetriesPerRequest: null,
        enableOfflineQueue: forWorker,
        connectTimeout: 5_000,
        // Time for the peer to close its side before the connection is destroyed.
        disconnectTimeout: 500,
        socketTimeout: longestSilenceMs,
        ...(forWorker ? {} : { commandTimeout: COMMAND_TIMEOUT_MS }),
        retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt + wrongServer.times, 10), 2_000),
        reconnectOnError,
      }),
  );
  rejectWhatIsKept(redis);
  let reported = false;
  function report(what: string, error: Error): void {
    if (!reported) log.warn(`${what}: ${error.message || String(error)}`);
    reported = true;
  }
  redis.on('error', (error: Error) => report('Redis cannot be reached', error));
  redis.on('ready', () => {
    if (reported) log.info('Redis is back');
    reported = false;
  });
  const stopHeartbeat = startHeartbeat(redis, heartbeatMs);
  return Object.assign(redis, {
    [Symbol.asyncDispose]: async () => {
      stopHeartbeat();
      redis.disconnect();
    },
  });
}

/** Silence counts only while a command is in flight, so the heartbeat keeps sending one. */
function startHeartbeat(redis: RedisClient, everyMs: number): () => void {
  let isWaiting = false;
  const timer = setInterval(() => {
    if (isWaiting || redis.status !== 'ready') return;
    isWaiting = true;
    detached(() => redis.ping())
      // The connection reports its own failures.
      .catch(() => {})
      .finally(() => {
        isWaiting = false;
      });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Commands that ioredis keeps for the next connection: unanswered when the last one was lost, or not sent yet. */
interface Kept {
  length: number;
  shift(): { command: { reject(error: Error): void } } | undefined;
}

/**
 * Makes `disconnect` reject the queued commands. ioredis 6.0.0 never settles them, and a shutdown that awaits one
 * ends with exit code 13 before everything is closed. See https://github.com/redis/ioredis/pull/2197.
 */
function rejectWhatIsKept(redis: RedisClient): void {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect) => {
    disconnect(reconnect);
    if (reconnect) return;
    for (const name of ['prevCommandQueue', 'offlineQueue']) {
      const kept = Reflect.get(redis, name) as Kept | null | undefined;
      while (kept?.length) kept.shift()?.command.reject(new Error('Connection is closed.'));
    }
  };
}
