import { CommandError } from '@hotel/cli';
import type { InternalTarget } from '@hotel/contracts';
import {
  connectOnce,
  queuePrefix,
  type RedisConnection,
  type RedisUnreachableError,
  RedisUrlError,
} from '@hotel/redis';
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

/** The prefix of the queues' keys. @throws RedisUrlError */
export function prefixOf({ redisUrl, prefix }: DeadTarget): string {
  return queuePrefix({ REDIS_URL: redisUrl, HOTEL_QUEUE_PREFIX: prefix });
}

const CONNECT_TIMEOUT_MS = 3_000;

/** Connects once. @throws CommandError that names Redis's address, without its password */
export async function connect(redisUrl: string): Promise<RedisConnection> {
  try {
    return await connectOnce(redisUrl, CONNECT_TIMEOUT_MS);
  } catch (error) {
    const advice =
      'If the hotel does not run, start it with `npx -y pnpm@12 dev`, or set REDIS_URL to the Redis it uses.';
    if (error instanceof RedisUrlError) throw new CommandError(`REDIS_URL is not ${error.message}.\n${advice}`);
    throw new CommandError(`${(error as RedisUnreachableError).message}\n${advice}`);
  }
}
