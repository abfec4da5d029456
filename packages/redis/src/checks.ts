import type { Redis } from 'ioredis';

const PROBE_TTL_MS = 60_000;

const words: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'it closed the connection',
  WRONGPASS: 'it does not accept the password in REDIS_URL',
  NOAUTH: 'it asks for a password, and REDIS_URL has none',
  OOM: 'it is out of memory, see maxmemory',
  READONLY: 'it is a replica',
  MISCONF: 'it cannot save its data, see its log',
};

/**
 * Checks that Redis accepts writes, as every job is one. Errors give the address and the problem, never the password.
 * @param probeKey a key that no queue uses; its value has no meaning
 */
export function createRedisCheck(redis: Redis, probeKey: string): () => Promise<string> {
  const { host, port } = redis.options;
  let lastError: Error | undefined;
  redis.on('error', (error: Error) => {
    lastError = error;
  });
  return async () => {
    // While disconnected, a worker's command would wait instead of failing.
    if (redis.status !== 'ready') {
      throw new Error(`Redis cannot be reached at ${host}:${port} (${inWords(lastError) ?? 'not connected yet'})`);
    }
    try {
      await redis.set(probeKey, Date.now(), 'PX', PROBE_TTL_MS);
    } catch (error) {
      throw new Error(`Redis at ${host}:${port} takes no writes (${inWords(error as Error)})`);
    }
    return 'takes writes';
  };
}

/** Checks that a BullMQ queue is not paused and that Redis does not evict its keys. */
export function createQueueCheck(redis: Redis, prefix: string, queue: string): () => Promise<string> {
  return async () => {
    if (redis.status !== 'ready') throw new Error('unknown without Redis');
    const [isPaused, memory] = await Promise.all([
      redis.hexists(`${prefix}:${queue}:meta`, 'paused'),
      redis.info('memory'),
    ]);
    const [, policy = 'noeviction'] = /^maxmemory_policy:(\S+)/m.exec(memory) ?? [];
    const problems = [
      ...(isPaused ? [`the queue ${queue} is paused: no job is taken until it is resumed`] : []),
      ...(policy === 'noeviction'
        ? []
        : [`maxmemory-policy of Redis is ${policy}: it may drop jobs; set it to noeviction`]),
    ];
    if (problems.length > 0) throw new Error(problems.join('; '));
    return 'runs';
  };
}

function inWords(error: (Error & { code?: unknown }) | undefined): string | undefined {
  if (!error) return undefined;
  // Redis errors start with their kind: "WRONGPASS invalid username-password pair ...".
  const kind = String(error.code ?? error.message.split(' ')[0]);
  return words[kind] ?? error.message;
}
