import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** Above this part of its `maxmemory`, Redis gets next to nothing. */
const SCARCE = 0.75;
/** Above this part, jobs are taken back: a worker needs memory to take a job, so a full Redis is never drained. */
const FULL = 0.9;
/** So many jobs keep the workers busy while memory is scarce. */
const JOBS_WHILE_SCARCE = 100;
/** More than a job takes in Redis, with the largest baggage that is usual. */
const JOB_BYTES = 4_096;
const PROBE_TTL_MS = 60_000;

/** How many more jobs Redis may get. */
export interface Capacity {
  /** 0 when there is no room. */
  room: number;
  isScarce: boolean;
  isFull: boolean;
  /** How many waiting jobs are to stay where jobs are taken back. */
  toKeep: number;
}

/**
 * Counts what the queue holds, by whichever process it was handed over, and looks at Redis's memory.
 * @throws Error when Redis takes no writes for another reason than its memory.
 */
export async function readCapacity(redis: Redis, queue: Queue, prefix: string, maxJobs: number): Promise<Capacity> {
  const [counts, info, isOutOfMemory] = await Promise.all([
    queue.getJobCounts('wait', 'active', 'delayed', 'prioritized'),
    redis.info('memory'),
    isRefusedForMemory(redis, prefix),
  ]);
  const held = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { used, freeBytes } = memoryOf(info);
  const isScarce = isOutOfMemory || used >= SCARCE;
  const limit = isScarce ? Math.min(JOBS_WHILE_SCARCE, maxJobs) : maxJobs;
  // Half of what is free: the workers need memory, too.
  const fitting = Math.floor(freeBytes / 2 / JOB_BYTES);
  return {
    room: isOutOfMemory ? 0 : Math.max(0, Math.min(limit - held, fitting)),
    isScarce,
    isFull: isOutOfMemory || used >= FULL,
    toKeep: isOutOfMemory ? 0 : JOBS_WHILE_SCARCE,
  };
}

/** A write that needs memory, as every job does. */
async function isRefusedForMemory(redis: Redis, prefix: string): Promise<boolean> {
  try {
    await redis.set(`${prefix}:probe:outbox`, Date.now(), 'PX', PROBE_TTL_MS);
    return false;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('OOM ')) return true;
    throw error;
  }
}

/** From the text of `INFO memory`: the part of `maxmemory` that is used, and what is left of it. */
function memoryOf(info: string): { used: number; freeBytes: number } {
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = field('maxmemory');
  if (limit === 0) return { used: 0, freeBytes: Number.POSITIVE_INFINITY };
  // Buffers of replicas and of the append-only file do not count for the limit.
  const bytes = field('used_memory') - field('mem_not_counted_for_evict');
  return { used: bytes / limit, freeBytes: Math.max(0, limit - bytes) };
}
