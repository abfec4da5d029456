import { CLEANING_QUEUE } from '@hotel/contracts';
import type { Redis } from 'ioredis';

/** The keys of a failed job that was neither a parent nor a child: its place, its fields and its log lines. */
const SCRIPT = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('DEL', KEYS[2], KEYS[2] .. ':logs') end`;

/**
 * Removes a job only while it is failed. BullMQ asks for the state and removes in two steps; between them, the job may have been
 * redriven under the same id, and the redriven one would be removed.
 */
export async function removeIfFailed(redis: Redis, prefix: string, jobId: string): Promise<void> {
  const queue = `${prefix}:${CLEANING_QUEUE}`;
  await redis.eval(SCRIPT, 2, `${queue}:failed`, `${queue}:${jobId}`, jobId);
}
