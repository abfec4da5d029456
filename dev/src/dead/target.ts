import { CommandError } from '@hotel/cli';
import type { InternalTarget } from '@hotel/contracts';
import { Redis } from 'ioredis';
import { currentRun, internalTargets } from '../cli/settings.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Redis with the dead letters, and dispo. */
export interface DeadTarget {
  redisUrl: string;
  prefix: string;
  /** dispo's internal listener. */
  dispo: InternalTarget;
}

/** From the environment, else the current run, else the standard ports. */
export async function deadTarget(env: Environment, portOffset?: number): Promise<DeadTarget> {
  const run = await currentRun(env, portOffset);
  const of = (name: string, standard: string) => env[name] || run?.urls[name] || standard;
  return {
    redisUrl: of('REDIS_URL', 'redis://127.0.0.1:6379'),
    prefix: of('HOTEL_QUEUE_PREFIX', 'hotel'),
    dispo: (await internalTargets(env, portOffset)).dispo,
  };
}

const CONNECT_WITHIN_MS = 3_000;

/** Connects once. @throws CommandError that names Redis's address, without its password */
export async function connect(redisUrl: string): Promise<Redis & AsyncDisposable> {
  const advice =
    'If the hotel does not run, start it with `npx -y pnpm@12 dev`, or set REDIS_URL to the Redis it uses.';
  if (!/^rediss?:\/\//.test(redisUrl) || !URL.canParse(redisUrl)) {
    throw new CommandError(`REDIS_URL is not a URL like redis://127.0.0.1:6379.\n${advice}`);
  }
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: CONNECT_WITHIN_MS,
    retryStrategy: () => null,
  });
  let reason = 'it closed the connection';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  try {
    await redis.connect();
  } catch {
    redis.disconnect();
    throw new CommandError(`Redis at ${new URL(redisUrl).host} cannot be reached: ${reason}\n${advice}`);
  }
  return Object.assign(redis, { [Symbol.asyncDispose]: async () => redis.disconnect() });
}
