import type { RedisClient } from '@hotel/redis';

/** How long Redis may take during shutdown to answer pending commands. */
const TIMEOUT_MS = 2_000;

/**
 * Disconnects from a Redis that takes longer; disposal cancels the timeout. A suspended Redis keeps its connections
 * open and would otherwise keep this process alive until it is killed.
 */
export function disconnectAfterTimeout(redis: RedisClient): Disposable {
  const timer = setTimeout(() => redis.disconnect(), TIMEOUT_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

/** Whether a wait for Redis ends within the same time. */
export async function settlesInTime(wait: Promise<unknown>): Promise<boolean> {
  using timeout = new DisposableStack();
  const late = new Promise<boolean>((resolve) => {
    const timer = setTimeout(resolve, TIMEOUT_MS, false);
    timeout.defer(() => clearTimeout(timer));
  });
  return await Promise.race([wait.then(() => true), late]);
}
