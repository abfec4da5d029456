import type { Logger } from '@hotel/log';
import { detached } from '@hotel/telemetry';
import { createClient, isCluster, type RedisClient, serversOf } from './client.ts';
import { parseRedisUrl } from './url.ts';

/** Longer than BullMQ's longest blocking command (10 s), because BullMQ duplicates our connections. */
const LONGEST_SILENCE_MS = 12_000;
const HEARTBEAT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 5_000;
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

/** A client, and where it connects to, without a password. */
export type RedisConnection = RedisClient & AsyncDisposable & { readonly address: string };

/**
 * A connection for a queue's producer: without Redis, commands fail at once instead of hanging or piling up.
 * Reconnects indefinitely, with delays of up to 2 s. Replaces a connection whose peer vanished without a reset, or
 * whose server no longer accepts writes.
 * @param url see `parseRedisUrl`
 */
export function connectRedis(
  url: string,
  log: Logger,
  { forWorker = false, longestSilenceMs = LONGEST_SILENCE_MS, heartbeatMs = HEARTBEAT_MS }: ConnectRedisOptions = {},
): RedisConnection {
  const target = parseRedisUrl(url);
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

  const redis = detached(() =>
    createClient(target, {
      // BullMQ requires null: a worker's blocking command may outlive any number of reconnects.
      maxRetriesPerRequest: null,
      enableOfflineQueue: forWorker,
      lazyConnect: false,
      connectTimeout: CONNECT_TIMEOUT_MS,
      // Time for the peer to close its side before the connection is destroyed.
      disconnectTimeout: 500,
      socketTimeout: longestSilenceMs,
      ...(forWorker ? {} : { commandTimeout: COMMAND_TIMEOUT_MS }),
      retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt + wrongServer.times, 10), 2_000),
      reconnectOnError,
    }),
  );
  rejectQueuedCommands(redis);
  let reported = false;
  function report(what: string, error: Error): void {
    if (!reported) log.warn(`${what}: ${error.message || String(error)}`);
    reported = true;
  }
  onConnectionError(redis, (error) => report('Redis cannot be reached', error));
  redis.on('ready', () => {
    if (reported) log.info('Redis is back');
    reported = false;
  });
  const stopHeartbeat = startHeartbeat(redis, heartbeatMs);
  return Object.assign(redis, {
    address: target.address,
    [Symbol.asyncDispose]: async () => {
      stopHeartbeat();
      redis.disconnect();
    },
  });
}

/**
 * Calls back with the reason why Redis cannot be reached. A cluster's own error only says that no node answered; the
 * reason is in the errors of its nodes, one of which does not make the cluster unreachable.
 */
export function onConnectionError(redis: RedisClient, callback: (error: Error) => void): void {
  if (!isCluster(redis)) {
    redis.on('error', callback);
    return;
  }
  let lastNodeError: Error | undefined;
  redis.on('node error', (error: Error) => {
    // Followed by a "Connection is closed." without a code.
    if (!lastNodeError || 'code' in error) lastNodeError = error;
  });
  redis.on('error', (error: Error) => callback(lastNodeError ?? error));
  redis.on('ready', () => {
    lastNodeError = undefined;
  });
}

/** Silence counts only while a command is in flight, so the heartbeat keeps sending one. */
function startHeartbeat(redis: RedisClient, everyMs: number): () => void {
  let isWaiting = false;
  const timer = setInterval(() => {
    if (isWaiting || redis.status !== 'ready') return;
    isWaiting = true;
    detached(() => Promise.all(serversOf(redis).map((server) => server.ping())))
      // The connection reports its own failures.
      .catch(() => {})
      .finally(() => {
        isWaiting = false;
      });
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** Commands that ioredis queues for the next connection: unanswered when the last one was lost, or not sent yet. */
interface CommandQueue {
  length: number;
  shift(): { command: { reject(error: Error): void } } | undefined;
}

/**
 * Makes `disconnect` reject the queued commands. ioredis 6.0.0 never settles them, and a shutdown that awaits one
 * ends with exit code 13 before everything is closed. See https://github.com/redis/ioredis/pull/2197.
 */
function rejectQueuedCommands(redis: RedisClient): void {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (reconnect?: boolean) => {
    disconnect(reconnect);
    if (reconnect) return;
    // A cluster queues commands whose retry is due later, too.
    if (isCluster(redis)) redis.options.enableOfflineQueue = false;
    for (const name of ['prevCommandQueue', 'offlineQueue']) {
      const queue = Reflect.get(redis, name) as CommandQueue | null | undefined;
      while (queue?.length) queue.shift()?.command.reject(new Error('Connection is closed.'));
    }
  };
}
