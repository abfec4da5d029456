import { relative } from 'node:path';
import type { RunningSystem } from '@hotel/system';
import type { BannerInput } from './output/banner.ts';
import type { Urls } from './run-file.ts';

/** The addresses of a run that commands in other terminals need; those that the system does not have are left out. */
export function addressesOf({ urls, env }: RunningSystem, others: Record<string, string | undefined>): Urls {
  const addresses = {
    ...others,
    DISPO_URL: urls.DISPO_PORT,
    CLEANING_URL: urls.CLEANING_PORT,
    DISPO_INTERNAL_URL: urls.DISPO_INTERNAL_PORT,
    CLEANING_INTERNAL_URL: urls.CLEANING_INTERNAL_PORT,
    REDIS_URL: env.REDIS_URL,
    HOTEL_QUEUE_PREFIX: env.HOTEL_QUEUE_PREFIX,
  };
  return Object.fromEntries(Object.entries(addresses).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** The Redis and the PostgreSQL of a run, for the banner. `givenRedis`: address of an existing Redis (`REDIS_URL`). */
export function describeServers(
  { redis, postgres }: RunningSystem,
  givenRedis: string | undefined,
): Pick<BannerInput, 'redis' | 'postgres'> {
  const given = givenRedis === undefined ? undefined : { where: givenRedis, how: 'REDIS_URL' };
  return {
    redis: redis ? { where: redis.url, how: redis.how } : given,
    postgres: postgres && { where: `127.0.0.1:${postgres.port}`, how: postgres.how },
  };
}

/** A path relative to the working directory if it is below it, otherwise unchanged. */
export function shortPath(path: string): string {
  const below = relative(process.cwd(), path);
  return below === '' || below.startsWith('..') ? path : below;
}
