import { isCluster, type RedisClient } from './client.ts';
import { onConnectionError, type RedisConnection } from './connect.ts';

const PROBE_TTL_MS = 60_000;

const explanations: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be resolved now',
  ETIMEDOUT: 'no answer in time',
  ECONNRESET: 'it closed the connection',
  WRONGPASS: 'it does not accept the password in REDIS_URL',
  NOAUTH: 'it asks for a password, and REDIS_URL has none',
  OOM: 'it is out of memory, see maxmemory',
  READONLY: 'it is a replica',
  CLUSTERDOWN: 'some of its slots have no node',
  MISCONF: 'it cannot save its data, see its log',
};

/**
 * Checks that Redis accepts writes, as every job is one. Errors give the address and the problem, never the password.
 * @param probeKey a key that no queue uses; its value has no meaning
 */
export function createRedisCheck(redis: RedisConnection, probeKey: string): () => Promise<string> {
  const { address } = redis;
  let lastError: Error | undefined;
  onConnectionError(redis, (error) => {
    lastError = error;
  });
  return async () => {
    // While disconnected, a worker's command would wait instead of failing.
    if (redis.status !== 'ready') {
      throw new Error(`Redis cannot be reached at ${address} (${explanationOf(lastError) ?? 'not connected yet'})`);
    }
    try {
      await redis.set(probeKey, Date.now(), 'PX', PROBE_TTL_MS);
    } catch (error) {
      throw new Error(`Redis at ${address} takes no writes (${explanationOf(error as Error)})`);
    }
    return 'takes writes';
  };
}

/** `INFO memory` of the server that has `key`; a cluster sends a plain INFO to any of its nodes. */
export async function memoryInfo(redis: RedisClient, key: string): Promise<string> {
  return String(
    isCluster(redis) ? await redis.eval("return redis.call('INFO', 'memory')", 1, key) : await redis.info('memory'),
  );
}

/** Checks that a BullMQ queue is not paused and that Redis does not evict its keys. */
export function createQueueCheck(redis: RedisClient, prefix: string, queue: string): () => Promise<string> {
  return async () => {
    if (redis.status !== 'ready') throw new Error('unknown without Redis');
    const meta = `${prefix}:${queue}:meta`;
    const [isPaused, memory] = await Promise.all([redis.hexists(meta, 'paused'), memoryInfo(redis, meta)]);
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

function explanationOf(error: (Error & { code?: unknown }) | undefined): string | undefined {
  if (!error) return undefined;
  // Redis errors start with their kind: "WRONGPASS invalid username-password pair ...".
  const kind = String(error.code ?? error.message.split(' ')[0]);
  return explanations[kind] ?? error.message;
}
