import { join } from 'node:path';
import { eventRetry } from '@hotel/contracts';
import { guardSettings, internalTokenSettings } from '@hotel/http';
import { databaseUrlSchema, poolSizeSchema } from '@hotel/postgres/settings';
import { redisUrlSchema } from '@hotel/redis/url';
import { portSchema, processSchema, readConfig, tracesUrlSchema, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

function milliseconds(min: number, max: number) {
  const what = `a whole number of milliseconds from ${min} to ${max}`;
  return z.coerce.number(what).int(what).min(min, what).max(max, what);
}

const ratio = 'a number from 0 to 1';
const jobs = 'a whole number of jobs, at least 1';

export const dispoSettings = z.object({
  ...processSchema,
  DISPO_PORT: portSchema.default(8080).describe('Port of the public API'),
  DISPO_INTERNAL_PORT: portSchema.default(9080).describe('Port for probes, metrics and internal calls'),
  CLEANING_INTERNAL_URL: urlSchema.default('http://127.0.0.1:9081').describe('cleaning’s internal listener'),
  HOTEL_CLEANING_TIMEOUT_MS: milliseconds(1, 60_000)
    .default(2_000)
    .describe('How long a check-in waits for cleaning to report the state of the room'),
  JAEGER_QUERY_URL: tracesUrlSchema.describe('Trace pages that `Link: rel="trace"` and `/docs` point to'),
  REDIS_URL: redisUrlSchema
    .default('redis://127.0.0.1:6379')
    .describe(
      'Redis of the queue: a server, or `redis+sentinel://host,host/master` or `redis+cluster://host,host`; `rediss` for TLS',
    ),
  HOTEL_QUEUE_PREFIX: z
    .string()
    .default('hotel')
    .describe('Prefix of BullMQ’s keys, the same for all processes; in a cluster it becomes a hash tag'),
  HOTEL_TRACE_EDGE: z
    .enum(['continue', 'restart'])
    .default('restart')
    .describe('Whether public listeners continue a caller’s trace, or start a new one that links to it'),
  HOTEL_BROWSER_SAMPLE_RATIO: z.coerce
    .number(ratio)
    .min(0, ratio)
    .max(1, ratio)
    .default(1)
    .describe('The share of loads of the front desk that browsers trace'),
  ...guardSettings,
  ...internalTokenSettings,
  DISPO_DATABASE_URL: databaseUrlSchema,
  DISPO_DATABASE_POOL_SIZE: poolSizeSchema,
  HOTEL_DATA_DIR: z
    .string()
    .default(join(import.meta.dirname, '../../.hotel/data'))
    .describe('Folder of the SQLite files'),
  HOTEL_SQLITE_SYNCHRONOUS: z
    .enum(['FULL', 'NORMAL'])
    .default('FULL')
    .describe('`NORMAL` is faster, but a power cut may undo the last commits'),
  HOTEL_OUTBOX_SWEEP_MS: milliseconds(50, 3_600_000)
    .default(10_000)
    .describe('Interval of the sweep for unconfirmed events that the queue will not process'),
  HOTEL_OUTBOX_MAX_AGE_MS: milliseconds(1_000, 86_400_000)
    .default(60_000)
    .describe('Age from which `/readyz` reports an unconfirmed event as stuck'),
  HOTEL_QUEUE_MAX_JOBS: z.coerce
    .number(jobs)
    .int(jobs)
    .min(1, jobs)
    .default(10_000)
    .describe('Jobs that Redis may hold; other events wait in the outbox'),
  HOTEL_JOB_BACKOFF_MS: milliseconds(1, 3_600_000)
    .default(eventRetry.backoffMs)
    .describe('Delay before the first retry of a job; it doubles each time'),
  SEED_ROOMS: z.enum(['0', '1']).default('1').describe('Whether an empty database gets ten demo rooms'),
});

export type Config = z.infer<typeof dispoSettings>;

/** The only place in this service that reads the environment. */
export const loadConfig = (): Config => readConfig(dispoSettings);
