import { detached, type Logger } from '@hotel/telemetry';
import { Redis } from 'ioredis';

/**
 * A connection for a queue's producer: while Redis is away its commands fail at once, they neither hang nor pile up.
 * Reconnects for ever, with a pause that grows to 2 s.
 */
export function connectRedis(url: string, log: Logger, options: { forWorker?: boolean } = {}): Redis & AsyncDisposable {
  const redis = detached(
    () =>
      new Redis(url, {
        // BullMQ asks for null: a worker's blocking command may outlive any number of reconnects.
        maxRetriesPerRequest: null,
        enableOfflineQueue: options.forWorker ?? false,
        connectTimeout: 5_000,
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
