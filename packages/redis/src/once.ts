import { createClient } from './client.ts';
import { onConnectionError, type RedisConnection } from './connect.ts';
import { addressOf, parseRedisUrl, type RedisTarget } from './url.ts';

const REJECTED = /WRONGPASS|NOAUTH|NOPERM|AUTH/;

/** Redis does not answer, or not to this user. No part of it contains the password. */
export class RedisUnreachableError extends Error {
  override name = 'RedisUnreachableError';
  readonly address: string;
  readonly reason: string;
  /** Whether it is the credentials that are wrong. */
  readonly isRejected: boolean;

  constructor(address: string, reason: string) {
    super(`Redis at ${address} cannot be reached: ${reason}`);
    this.address = address;
    this.reason = reason;
    this.isRejected = REJECTED.test(reason);
  }
}

/**
 * Connects to Redis for a command or a check: tries once and does not reconnect.
 * @param url see `parseRedisUrl`
 * @throws RedisUrlError; RedisUnreachableError
 */
export async function connectOnce(url: string, timeoutMs: number): Promise<RedisConnection> {
  const target = parseRedisUrl(url);
  const redis = createClient(target, {
    enableOfflineQueue: true,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: timeoutMs,
    retryStrategy: () => null,
  });
  let reason: string | undefined;
  onConnectionError(redis, (error: NodeJS.ErrnoException) => {
    reason ??= error.code ?? error.message;
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1_000} s`)), timeoutMs);
  });
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), late]);
  } catch (error) {
    redis.disconnect();
    const known = reason ?? (error as Error).message;
    throw new RedisUnreachableError(target.address, (await reasonOfNode(target, timeoutMs)) ?? known);
  } finally {
    clearTimeout(timer);
  }
  return Object.assign(redis, {
    address: target.address,
    [Symbol.asyncDispose]: async () => redis.disconnect(),
  });
}

/** Why the first node of a cluster cannot be reached: ioredis only reports that no node answered. */
async function reasonOfNode(target: RedisTarget, timeoutMs: number): Promise<string | undefined> {
  const [node] = target.kind === 'cluster' ? target.nodes : [];
  if (!node || target.kind !== 'cluster') return undefined;
  const { username = '', password = '' } = target.credentials;
  const url = new URL(`redis${target.tls ? 's' : ''}://node`);
  Object.assign(url, { username, password, host: addressOf(node) });
  try {
    await using redis = await connectOnce(url.href, timeoutMs);
    await redis.call('CLUSTER', 'SLOTS');
    return undefined;
  } catch (error) {
    return error instanceof RedisUnreachableError ? error.reason : (error as Error).message;
  }
}
