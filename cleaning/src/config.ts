import { join } from 'node:path';
import { guardSettings, internalTokenSettings } from '@hotel/http';
import { databaseUrlSchema, poolSizeSchema } from '@hotel/postgres/settings';
import { redisUrlSchema } from '@hotel/redis/url';
import { portSchema, processSchema, readConfig, tracesUrlSchema, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

/** Settings of both processes, which share the database. */
const sharedSchema = {
  ...processSchema,
  ...internalTokenSettings,
  CLEANING_DATABASE_URL: databaseUrlSchema,
  CLEANING_DATABASE_POOL_SIZE: poolSizeSchema,
  HOTEL_DATA_DIR: z
    .string()
    .default(join(import.meta.dirname, '../../.hotel/data'))
    .describe('Folder of the SQLite files'),
  HOTEL_SQLITE_SYNCHRONOUS: z
    .enum(['FULL', 'NORMAL'])
    .default('FULL')
    .describe('`NORMAL` is faster, but a power cut may undo the last commits'),
};

export const cleaningSettings = z.object({
  ...sharedSchema,
  CLEANING_PORT: portSchema.default(8081).describe('Port of the public API'),
  CLEANING_INTERNAL_PORT: portSchema.default(9081).describe('Port for probes, metrics and internal calls'),
  JAEGER_QUERY_URL: tracesUrlSchema.describe('Trace pages that `Link: rel="trace"` and `/docs` point to'),
  HOTEL_TRACE_EDGE: z
    .enum(['continue', 'restart'])
    .default('restart')
    .describe('Whether public listeners continue a caller’s trace, or start a new one that links to it'),
  ...guardSettings,
});

const concurrency = 'a whole number from 1 to 1000';
const lockMs = 'a whole number of milliseconds, at least 1000';

export const workerSettings = z.object({
  ...sharedSchema,
  WORKER_INTERNAL_PORT: portSchema.default(9082).describe('Port for probes and metrics'),
  DISPO_INTERNAL_URL: urlSchema.default('http://127.0.0.1:9080').describe('dispo’s internal listener'),
  REDIS_URL: redisUrlSchema
    .default('redis://127.0.0.1:6379')
    .describe(
      'Redis of the queue: a server, or `redis+sentinel://host,host/master` or `redis+cluster://host,host`; `rediss` for TLS',
    ),
  HOTEL_QUEUE_PREFIX: z
    .string()
    .default('hotel')
    .describe('Prefix of BullMQ’s keys, the same for all processes; in a cluster it becomes a hash tag'),
  HOTEL_QUEUE_TRACE: z
    .enum(['parent', 'link', 'both'])
    .default('both')
    .describe('Whether a `process` span is a child of its `send`, links to it, or both'),
  WORKER_CONCURRENCY: z.coerce
    .number(concurrency)
    .int(concurrency)
    .min(1, concurrency)
    .max(1_000, concurrency)
    .default(64)
    .describe('Jobs in progress at the same time; they share commits'),
  HOTEL_JOB_LOCK_MS: z.coerce
    .number(lockMs)
    .int(lockMs)
    .min(1_000, lockMs)
    .default(10_000)
    .describe(
      'Time after which the jobs of a dead worker are taken over; a live worker renews its locks at half this interval',
    ),
});

/** The only readers of the environment in this service, one per process. */
export const loadApiConfig = (): z.infer<typeof cleaningSettings> => readConfig(cleaningSettings);
export type WorkerConfig = z.infer<typeof workerSettings>;
export const loadWorkerConfig = (): WorkerConfig => readConfig(workerSettings);
