import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** Above this part of its `maxmemory`, Redis gets next to nothing. */
const SCARCE = 0.75;
/** Above this part, jobs are taken back: a worker needs memory to take a job, so a full Redis is never drained. */
const FULL = 0.9;
/** So many jobs keep the workers busy while memory is scarce. */
export const JOBS_WHILE_SCARCE = 100;
const PROBE_TTL_MS = 60_000;

/** How many more jobs Redis may get. */
export interface Capacity {
  /** 0 when there is no room. */
  room: number;
  isScarce: boolean;
  isFull: boolean;
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
  const used = isOutOfMemory ? 1 : memoryUse(info);
  const held = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const limit = used >= SCARCE ? Math.min(JOBS_WHILE_SCARCE, maxJobs) : maxJobs;
  return {
    room: isOutOfMemory ? 0 : Math.max(0, limit - held),
    isScarce: used >= SCARCE,
    isFull: used >= FULL,
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

/** The part of `maxmemory` that is used, from the text of `INFO memory`; 0 where there is no limit. */
function memoryUse(info: string): number {
  const field = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  const limit = field('maxmemory');
  // Buffers of replicas and of the append-only file do not count for the limit.
  return limit === 0 ? 0 : (field('used_memory') - field('mem_not_counted_for_evict')) / limit;
}
