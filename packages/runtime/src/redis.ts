import { createRequire } from 'node:module';
import { detached, type Logger } from '@hotel/telemetry';
import type { Redis as RedisClient } from 'ioredis';

/**
 * By `require`, because the Redis instrumentation patches what is required. To patch what is imported it would need a
 * loader hook, and with one Node strips the types of every file anew at each start: 60 MB and 300 ms a process.
 */
const { Redis } = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');

/**
 * A connection for a queue's producer: while Redis is away its commands fail at once, they neither hang nor pile up.
 * Reconnects for ever, with a pause that grows to 2 s.
 */
export function connectRedis(
  url: string,
  log: Logger,
  options: { forWorker?: boolean } = {},
): RedisClient & AsyncDisposable {
  const redis = detached(
    () =>
      new Redis(url, {
        // BullMQ asks for null: a worker's blocking command may outlive any number of reconnects.
        maxRetriesPerRequest: null,
        enableOfflineQueue: options.forWorker ?? false,
        connectTimeout: 5_000,
        // For the other side to hang up, too, before the connection is torn down.
        disconnectTimeout: 500,
        retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 10), 2_000),
      }),
  );
  rejectWhatIsKept(redis);
  let told = false;
  redis.on('error', (error: Error) => {
    if (!told) log.warn(`Redis cannot be reached: ${error.message || String(error)}`);
    told = true;
  });
  redis.on('ready', () => {
    if (told) log.info('Redis is back');
    told = false;
  });
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
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
