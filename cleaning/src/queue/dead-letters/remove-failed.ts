import { CLEANING_QUEUE } from '@hotel/contracts';
import type { RedisClient } from '@hotel/redis';

/** Deletes all keys of a failed job without parent or children: its place in the list, its fields and its log lines. */
const SCRIPT = `
if redis.call('ZREM', KEYS[1], ARGV[1]) == 1 then redis.call('DEL', KEYS[2], KEYS[2] .. ':logs') end`;

/**
 * Removes a job only while it is failed. BullMQ checks the state and removes the job in two steps; a job redriven under
 * the same id between them would be removed instead.
 */
export async function removeIfFailed(redis: RedisClient, prefix: string, jobId: string): Promise<void> {
  const queue = `${prefix}:${CLEANING_QUEUE}`;
  await redis.eval(SCRIPT, 2, `${queue}:failed`, `${queue}:${jobId}`, jobId);
}
