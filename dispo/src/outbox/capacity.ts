import { memoryInfo, type RedisClient } from '@hotel/redis';
import type { Queue } from 'bullmq';

/** Above this share of `maxmemory`, Redis gets only `JOBS_WHILE_SCARCE` jobs. */
const SCARCE = 0.75;
/** Above this share, jobs are taken back: workers need memory to take a job and could never drain a full Redis. */
const FULL = 0.9;
/** Enough jobs to keep the workers busy while memory is scarce. */
const JOBS_WHILE_SCARCE = 100;
/** Upper estimate of a job's size in Redis, with the largest usual baggage. */
const JOB_BYTES = 4_096;
const PROBE_TTL_MS = 60_000;

export interface Capacity {
  /** How many more jobs fit; 0 when the queue or Redis is full. */
  room: number;
  isScarce: boolean;
  isFull: boolean;
  /** How many waiting jobs to leave in the queue when jobs are taken back. */
  toKeep: number;
}

/**
 * Counts the queue's jobs, whichever process added them, and reads Redis's memory.
 * @throws Error when Redis rejects writes for a reason other than memory.
 */
export async function readCapacity(
  redis: RedisClient,
  queue: Queue,
  prefix: string,
  maxJobs: number,
): Promise<Capacity> {
  const [counts, info, isOutOfMemory] = await Promise.all([
    queue.getJobCounts('wait', 'active', 'delayed', 'prioritized'),
    memoryInfo(redis, queue.toKey('wait')),
    isRefusedForMemory(redis, prefix),
  ]);
  const held = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { used, freeBytes } = memoryOf(info);
  const isScarce = isOutOfMemory || used >= SCARCE;
  const limit = isScarce ? Math.min(JOBS_WHILE_SCARCE, maxJobs) : maxJobs;
  // Half of the free memory: the workers need some, too.
  const fitting = Math.floor(freeBytes / 2 / JOB_BYTES);
  return {
    room: isOutOfMemory ? 0 : Math.max(0, Math.min(limit - held, fitting)),
    isScarce,
    isFull: isOutOfMemory || used >= FULL,
    toKeep: isOutOfMemory ? 0 : JOBS_WHILE_SCARCE,
  };
}

/** Probes with a write that needs memory, as adding a job does. */
async function isRefusedForMemory(redis: RedisClient, prefix: string): Promise<boolean> {
  try {
    await redis.set(`${prefix}:probe:outbox`, Date.now(), 'PX', PROBE_TTL_MS);
    return false;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('OOM ')) return true;
    throw error;
  }
}

/** Parses `INFO memory`: the share of `maxmemory` in use and the bytes left. */
function memoryOf(info: string): { used: number; freeBytes: number } {
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = field('maxmemory');
  if (limit === 0) return { used: 0, freeBytes: Number.POSITIVE_INFINITY };
  // `maxmemory` excludes the buffers of replicas and of the append-only file.
  const bytes = field('used_memory') - field('mem_not_counted_for_evict');
  return { used: bytes / limit, freeBytes: Math.max(0, limit - bytes) };
}
