import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** Ids per command, so that no command keeps Redis busy for long. */
const IDS_PER_READ = 5_000;
const IDS_PER_CHECK = 100;
/** Where a worker, or whoever moves failed jobs to the dead letters, finds a job. */
const LISTS = ['wait', 'paused', 'active'];
const SETS = ['prioritized', 'delayed', 'failed'];
/** BullMQ's states of a job in one of these. A completed job whose event is not confirmed will never be processed again. */
const PROCESSABLE = new Set(['waiting', 'active', 'prioritized', 'delayed', 'failed']);

/** What became of events that have been handed to Redis. */
export interface Lost {
  /** Neither the queue nor its dead letters have them. */
  missing: string[];
  /** Redis had their job, but in no place where anybody would look for it. The job is removed. */
  orphaned: string[];
}

/** A look at both queues. It reads the ids of all jobs once, when they are first needed: keep it for a moment only. */
export interface Inspection {
  lost(ids: string[]): Promise<Lost>;
}

/**
 * That the key of a job exists does not mean that it will be processed: the key may have outlived its place in the lists, by an
 * eviction or a `DEL`. What the first reading misses may have moved meanwhile, so it is asked for one by one, atomically.
 */
export function inspect(redis: Redis, jobs: Queue, letters: Queue): Inspection {
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
      const [hasJob, hasLetter] = await existing(redis, ids, [jobs, letters]);
      const missing = ids.filter((id) => !hasJob?.has(id) && !hasLetter?.has(id));
      const jobless = await unlisted(
        jobs,
        ids.filter((id) => hasJob?.has(id)),
      );
      const letterless = await unlisted(
        letters,
        ids.filter((id) => hasLetter?.has(id) && !hasJob?.has(id)),
      );
      const orphaned = [
        ...(await removeOrphans(redis, jobs, jobless)),
        ...(await removeOrphans(redis, letters, letterless)),
      ];
      return { missing, orphaned: orphaned.filter((id) => !hasLetter?.has(id) || letterless.includes(id)) };
    },
  };
}

/** For each queue, those of `ids` for which it has a job's key. */
async function existing(redis: Redis, ids: string[], queues: Queue[]): Promise<Array<Set<string>>> {
  if (ids.length === 0) return queues.map(() => new Set());
  const pipeline = redis.pipeline();
  for (const queue of queues) for (const id of ids) pipeline.exists(queue.toKey(id));
  const replies = await repliesOf(pipeline);
  return queues.map((_, i) => new Set(ids.filter((_, j) => replies[i * ids.length + j] === 1)));
}

async function readIds(redis: Redis, queue: Queue): Promise<Set<string>> {
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

/** Removes those of the jobs that nobody will process. One that a worker has locked stays until its lock has expired. */
async function removeOrphans(redis: Redis, queue: Queue, ids: string[]): Promise<string[]> {
  const removed: string[] = [];
  for (let i = 0; i < ids.length; i += IDS_PER_CHECK) {
    const some = ids.slice(i, i + IDS_PER_CHECK);
    const states = await Promise.all(some.map((id) => queue.getJobState(id)));
    const nowhere = some.filter((_, j) => !PROCESSABLE.has(String(states[j])));
    // One that is gone by now has been processed meanwhile.
    const [left] = await existing(redis, nowhere, [queue]);
    const orphans = nowhere.filter((id) => left?.has(id));
    const results = await Promise.all(orphans.map((id) => queue.remove(id)));
    removed.push(...orphans.filter((_, j) => results[j] === 1));
  }
  return removed;
}

async function repliesOf(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const replies = (await pipeline.exec()) ?? [];
  return replies.map(([error, value]) => {
    if (error) throw error;
    return value;
  });
}
