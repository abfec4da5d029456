import { join } from 'node:path';
import { guardSettings, internalTokenSettings } from '@hotel/http';
import { portSchema, processSchema, readConfig, redisUrlSchema, tracesUrlSchema, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

/** What both processes read: they share the database. */
const sharedSchema = {
  ...processSchema,
  ...internalTokenSettings,
  HOTEL_DATA_DIR: z.string().default(join(import.meta.dirname, '../../.hotel/data')),
  HOTEL_SQLITE_SYNCHRONOUS: z.enum(['FULL', 'NORMAL']).default('FULL'),
};

const apiSchema = z.object({
  ...sharedSchema,
  CLEANING_PORT: portSchema.default(8081),
  CLEANING_INTERNAL_PORT: portSchema.default(9081),
  /** Where traces are looked at: what `/docs` links to. */
  JAEGER_QUERY_URL: tracesUrlSchema,
  HOTEL_TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
  ...guardSettings,
});

const concurrency = 'a whole number from 1 to 1000';
const lockMs = 'a whole number of milliseconds, at least 1000';

const workerSchema = z.object({
  ...sharedSchema,
  WORKER_INTERNAL_PORT: portSchema.default(9082),
  DISPO_INTERNAL_URL: urlSchema.default('http://127.0.0.1:9080'),
  REDIS_URL: redisUrlSchema.default('redis://127.0.0.1:6379'),
  HOTEL_QUEUE_PREFIX: z.string().default('hotel'),
  HOTEL_QUEUE_TRACE: z.enum(['parent', 'link', 'both']).default('both'),
  /** How many jobs are under way at the same time, and so share a commit. More would make the requests of dispo wait that share its commits. */
  WORKER_CONCURRENCY: z.coerce
    .number(concurrency)
    .int(concurrency)
    .min(1, concurrency)
    .max(1_000, concurrency)
    .default(64),
  /** How long after a worker's death its jobs are taken over, in milliseconds. A living one renews its claim twice as often. */
  HOTEL_JOB_LOCK_MS: z.coerce.number(lockMs).int(lockMs).min(1_000, lockMs).default(10_000),
});

/** The only places of this service that read the environment: one for each process. */
export const loadApiConfig = (): z.infer<typeof apiSchema> => readConfig(apiSchema);
export const loadWorkerConfig = (): z.infer<typeof workerSchema> => readConfig(workerSchema);
