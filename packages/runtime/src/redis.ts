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
