import type { Redis } from 'ioredis';

/** How long Redis may take, at the end, to answer what it was told. */
const LAST_ANSWER_MS = 2_000;

/**
 * Hangs up on a Redis that takes longer; its `close` then ends whoever waits for it. Disposing it calls that off. A Redis that is
 * stopped keeps its connections open, and would keep the process until it is ended by force.
 */
export function awaitLastAnswer(redis: Redis): Disposable {
  const timer = setTimeout(() => redis.disconnect(), LAST_ANSWER_MS);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
