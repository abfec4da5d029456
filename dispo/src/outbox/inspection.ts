import type { RedisClient } from '@hotel/redis';
import type { Queue } from 'bullmq';

/** Ids per command, so that no command blocks Redis for long. */
const IDS_PER_READ = 5_000;
const IDS_PER_CHECK = 100;
/** Where the workers and the dead-letter mover look for jobs. */
const LISTS = ['wait', 'paused', 'active'];
const SETS = ['prioritized', 'delayed', 'failed'];
/**
 * BullMQ's states for jobs in these lists and sets. A completed job with an unconfirmed event is never processed again.
 */
const PROCESSABLE = new Set(['waiting', 'active', 'prioritized', 'delayed', 'failed']);

/** Events that were handed to Redis and will not be processed. */
export interface Lost {
  /** Neither queue has a job for them. */
  missing: string[];
  /** Redis had a job, but in no list or set, so nothing would have processed it. The job has been removed. */
  orphaned: string[];
}

/** A snapshot of both queues: reads all job ids once, on first use. Do not keep it for long. */
export interface Inspection {
  lost(ids: string[]): Promise<Lost>;
}

/**
 * A job's key can outlive its list entry after an eviction or a `DEL`, so the key alone does not prove that the job
 * will be processed. A job missing from the snapshot may have moved meanwhile, so each one is checked again,
 * atomically.
 */
export function inspect(redis: RedisClient, jobs: Queue, deadLetters: Queue): Inspection {
  const listed = new Map<Queue, Promise<Set<string>>>();

  function listedIn(queue: Queue): Promise<Set<string>> {
    const known = listed.get(queue) ?? readIds(redis, queue);
    listed.set(queue, known);
    return known;
  }

  async function unlisted(queue: Queue, ids: string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const found = await listedIn(queue);
    return ids.filter((id) => !found.has(id));
  }

  return {
    async lost(ids) {
      const [hasJob, hasDeadLetter] = await existing(redis, ids, [jobs, deadLetters]);
      const missing = ids.filter((id) => !hasJob?.has(id) && !hasDeadLetter?.has(id));
      const unlistedJobs = await unlisted(
        jobs,
        ids.filter((id) => hasJob?.has(id)),
      );
      const unlistedDeadLetters = await unlisted(
        deadLetters,
        ids.filter((id) => hasDeadLetter?.has(id) && !hasJob?.has(id)),
      );
      const orphaned = [
        ...(await removeOrphans(redis, jobs, unlistedJobs)),
        ...(await removeOrphans(redis, deadLetters, unlistedDeadLetters)),
      ];
      return {
        missing,
        orphaned: orphaned.filter((id) => !hasDeadLetter?.has(id) || unlistedDeadLetters.includes(id)),
      };
    },
  };
}

/** For each queue, the subset of `ids` that has a job key. */
async function existing(redis: RedisClient, ids: string[], queues: Queue[]): Promise<Array<Set<string>>> {
  if (ids.length === 0) return queues.map(() => new Set());
  const pipeline = redis.pipeline();
  for (const queue of queues) for (const id of ids) pipeline.exists(queue.toKey(id));
  const replies = await repliesOf(pipeline);
  return queues.map((_, i) => new Set(ids.filter((_, j) => replies[i * ids.length + j] === 1)));
}

async function readIds(redis: RedisClient, queue: Queue): Promise<Set<string>> {
  const ids = new Set<string>();
  const readers = [
    ...LISTS.map((name) => (start: number, end: number) => redis.lrange(queue.toKey(name), start, end)),
    ...SETS.map((name) => (start: number, end: number) => redis.zrange(queue.toKey(name), String(start), String(end))),
  ];
  for (const read of readers) {
    for (let start = 0; ; start += IDS_PER_READ) {
      const page = await read(start, start + IDS_PER_READ - 1);
      for (const id of page) ids.add(id);
      if (page.length < IDS_PER_READ) break;
    }
  }
  return ids;
}

/** Removes the jobs that nothing will process. A job locked by a worker stays until its lock expires. */
async function removeOrphans(redis: RedisClient, queue: Queue, ids: string[]): Promise<string[]> {
  const removed: string[] = [];
  for (let i = 0; i < ids.length; i += IDS_PER_CHECK) {
    const some = ids.slice(i, i + IDS_PER_CHECK);
    const states = await Promise.all(some.map((id) => queue.getJobState(id)));
    const nowhere = some.filter((_, j) => !PROCESSABLE.has(String(states[j])));
    // A job that has gone by now has been processed.
    const [left] = await existing(redis, nowhere, [queue]);
    const orphans = nowhere.filter((id) => left?.has(id));
    const results = await Promise.all(orphans.map((id) => queue.remove(id)));
    removed.push(...orphans.filter((_, j) => results[j] === 1));
  }
  return removed;
}

async function repliesOf(pipeline: ReturnType<RedisClient['pipeline']>): Promise<unknown[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
