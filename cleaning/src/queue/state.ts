import { CLEANING_QUEUE } from '@hotel/contracts';
import type { RedisClient } from '@hotel/redis';
import { detached } from '@hotel/runtime';
import { Queue } from 'bullmq';

interface QueueState {
  depth: { waiting: number; active: number; delayed: number };
  /** Milliseconds since the oldest waiting job was added; 0 if none waits. */
  oldestAgeMs: number;
}

/** Reads the number of jobs by state, and the age of the oldest waiting one, for metrics. */
export interface QueueStateReader extends AsyncDisposable {
  /** @throws Error when Redis is unavailable */
  read(): Promise<QueueState>;
}

export function createQueueStateReader({ redis, prefix }: { redis: RedisClient; prefix: string }): QueueStateReader {
  let queue: Queue | undefined;

  // BullMQ reads the Redis version once, when a queue is created, so the queue is created when Redis is available.
  function open(): Queue {
    if (redis.status !== 'ready') throw new Error('Redis cannot be reached');
    queue ??= detached(() => new Queue(CLEANING_QUEUE, { connection: redis, prefix, skipMetasUpdate: true })).on(
      'error',
      () => {},
    );
    return queue;
  }

  return {
    async read() {
      const opened = open();
      const [counts, [oldest]] = await Promise.all([
        opened.getJobCounts('waiting', 'prioritized', 'active', 'delayed'),
        opened.getWaiting(0, 0),
      ]);
      const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
      return {
        depth: { waiting: waiting + prioritized, active, delayed },
        oldestAgeMs: oldest ? Math.max(0, Date.now() - oldest.timestamp) : 0,
      };
    },
    async [Symbol.asyncDispose]() {
      await queue?.close();
    },
  };
}
