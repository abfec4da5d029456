import { join } from 'node:path';
import { guardSettings, internalTokenSettings } from '@hotel/http';
import { portSchema, processSchema, readConfig, redisUrlSchema, tracesUrlSchema, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

function milliseconds(min: number, max: number) {
  const what = `a whole number of milliseconds from ${min} to ${max}`;
  return z.coerce.number(what).int(what).min(min, what).max(max, what);
}

const jobs = 'a whole number of jobs, at least 1';

const schema = z.object({
  ...processSchema,
  DISPO_PORT: portSchema.default(8080),
  DISPO_INTERNAL_PORT: portSchema.default(9080),
  CLEANING_INTERNAL_URL: urlSchema.default('http://127.0.0.1:9081'),
  /** How long a check-in waits for cleaning to say whether the room is clean, in milliseconds. */
  HOTEL_CLEANING_TIMEOUT_MS: milliseconds(1, 60_000).default(2_000),
  /** Where traces are looked at: what `Link: rel="trace"` points to. */
  JAEGER_QUERY_URL: tracesUrlSchema,
  REDIS_URL: redisUrlSchema.default('redis://127.0.0.1:6379'),
  HOTEL_QUEUE_PREFIX: z.string().default('hotel'),
  HOTEL_TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
  ...guardSettings,
  ...internalTokenSettings,
  HOTEL_DATA_DIR: z.string().default(join(import.meta.dirname, '../../.hotel/data')),
  HOTEL_SQLITE_SYNCHRONOUS: z.enum(['FULL', 'NORMAL']).default('FULL'),
  /** How often the outbox looks for events that are neither confirmed nor in the queue, in milliseconds. */
  HOTEL_OUTBOX_SWEEP_MS: milliseconds(50, 3_600_000).default(10_000),
  /** From which age on an unconfirmed event is reported as stuck by `/readyz`, in milliseconds. */
  HOTEL_OUTBOX_MAX_AGE_MS: milliseconds(1_000, 86_400_000).default(60_000),
  /** How many jobs are handed to Redis at most; other events wait in the outbox. */
  HOTEL_QUEUE_MAX_JOBS: z.coerce.number(jobs).int(jobs).min(1, jobs).default(10_000),
  /** The pause before the first retry of a job, in milliseconds; it doubles each time. */
  HOTEL_JOB_BACKOFF_MS: milliseconds(1, 3_600_000).default(500),
  /** Whether an empty database gets ten rooms. */
  SEED_ROOMS: z.enum(['0', '1']).default('1'),
});

export type Config = z.infer<typeof schema>;

/** The only place of this service that reads the environment. */
export const loadConfig = (): Config => readConfig(schema);
