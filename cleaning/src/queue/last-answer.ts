import type { Redis } from 'ioredis';

/** How long Redis may take during shutdown to answer pending commands. */
const LAST_ANSWER_MS = 2_000;

/**
 * Disconnects from a Redis that takes longer; disposal cancels the timeout. A suspended Redis keeps its connections
 * open and would otherwise keep this process alive until it is killed.
 */
export function awaitLastAnswer(redis: Redis): Disposable {
  const timer = setTimeout(() => redis.disconnect(), LAST_ANSWER_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
