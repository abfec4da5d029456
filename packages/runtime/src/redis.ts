import { createRequire } from 'node:module';
import { detached, type Logger } from '@hotel/telemetry';
import type { Redis as RedisClient } from 'ioredis';

/**
 * By `require`, because the Redis instrumentation patches what is required. To patch what is imported it would need a
 * loader hook, and with one Node strips the types of every file anew at each start: 60 MB and 300 ms a process.
 */
const { Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');

/** Longer than BullMQ's longest blocking command, which is 10 s: its connections are copies of ours. */
const LONGEST_SILENCE_MS = 12_000;
const HEARTBEAT_MS = 5_000;
/** How long a producer waits for the reply to a command. */
const COMMAND_TIMEOUT_MS = 5_000;
/** Errors of a server that is no longer, or not yet, the one to write to. A script's error may quote them further inside. */
const NEEDS_NEW_CONNECTION = /(?:^|[\s-])(?:READONLY|MASTERDOWN|LOADING) /;
/** Connections that end in such an error within this time count as attempts in a row, with growing pauses. */
const IN_A_ROW_MS = 30_000;

export interface ConnectRedisOptions {
  /** For a BullMQ worker: commands wait for the next connection instead of failing. */
  forWorker?: boolean;
  /** How long a connection with a command in flight may stay silent before it is replaced. */
  longestSilenceMs?: number;
  heartbeatMs?: number;
}

/**
 * A connection for a queue's producer: while Redis is away its commands fail at once, they neither hang nor pile up.
 * Reconnects for ever, with a pause that grows to 2 s. A connection whose peer has vanished without a word, or that leads to a server
 * that no longer takes writes, is replaced.
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
    // 2 sends the command again: a worker's commands wait for Redis, a producer's fail.
    return forWorker ? 2 : 1;
  }

  const redis = detached(
    () =>
      new Redis(url, {
        // BullMQ asks for null: a worker's blocking command may outlive any number of reconnects.
        maxRetriesPerRequest: null,
        enableOfflineQueue: forWorker,
        connectTimeout: 5_000,
        // For the other side to hang up, too, before the connection is torn down.
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

/** The silence of a connection counts only while a command waits for its reply: this makes sure that there is one. */
function startHeartbeat(redis: RedisClient, everyMs: number): () => void {
  let isWaiting = false;
  const timer = setInterval(() => {
    if (isWaiting || redis.status !== 'ready') return;
    isWaiting = true;
    detached(() => redis.ping())
      // A connection that fails says so itself.
      .catch(() => {})
      .finally(() => {
        isWaiting = false;
      });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Commands that ioredis keeps for its next connection: sent and not answered when the last one was lost, or not sent yet. */
interface Kept {
  length: number;
  shift(): { command: { reject(error: Error): void } } | undefined;
}

/**
 * Makes `disconnect` reject what is kept for a connection that will not come. ioredis 6.0.0 leaves those promises as they are, and
 * whoever waits for one at the end of a process waits until there is nothing left to wait for: Node then ends it with 13, in the
 * middle of closing. See https://github.com/redis/ioredis/pull/2197.
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
