import { DEAD_LETTER_QUEUE, type DeadLetter } from '@hotel/contracts';
import type { RedisClient } from '@hotel/redis';
import { detached } from '@hotel/runtime';
import { type JobsOptions, Queue } from 'bullmq';

/** What a dead letter keeps of a message besides its data. */
export interface DeadMessage {
  id: string;
  /** The job's name. */
  name: string;
  opts: Pick<JobsOptions, 'attempts' | 'backoff' | 'removeOnComplete'>;
}

/** The queue `cleaning-dead`. It has no worker: its jobs wait for an operator. */
export interface DeadLetterStore extends AsyncDisposable {
  /** Adds a dead letter, or updates the existing one when its redriven message has failed again. */
  put(message: DeadMessage, deadLetter: DeadLetter): Promise<'added' | 'updated' | 'known'>;
  /** Removes the dead letter of a processed message, if there is one. */
  remove(id: string): Promise<void>;
  /** @throws Error when Redis is unavailable */
  count(): Promise<number>;
}

export function createDeadLetterStore({ redis, prefix }: { redis: RedisClient; prefix: string }): DeadLetterStore {
  let queue: Queue<DeadLetter> | undefined;

  // BullMQ reads the Redis version once, when a queue is created, so the queue is created when Redis is available.
  function open(): Queue<DeadLetter> {
    if (redis.status !== 'ready') throw new Error('Redis cannot be reached');
    if (queue) return queue;
    queue = detached(() => new Queue<DeadLetter>(DEAD_LETTER_QUEUE, { connection: redis, prefix }));
    // Callers report failures; an `error` event without a listener would end the process.
    queue.on('error', () => {});
    return queue;
  }

  return {
    async put({ id, name, opts }, deadLetter) {
      const deadQueue = open();
      const known = await deadQueue.getJob(id);
      if (known?.data.failed_at === deadLetter.failed_at) return 'known';
      if (known) {
        await known.updateData(deadLetter);
        return 'updated';
      }
      await deadQueue.add(name, deadLetter, { ...opts, jobId: id });
      return 'added';
    },
    async remove(id) {
      await open().remove(id);
    },
    count: async () => open().getWaitingCount(),
    async [Symbol.asyncDispose]() {
      await queue?.close();
    },
  };
}

/** Fails while there are dead letters; the error gives their number and how to read them. */
export function createDeadLetterCheck({ count }: Pick<DeadLetterStore, 'count'>): () => Promise<string> {
  return async () => {
    const deadLetters = await count();
    if (deadLetters === 0) return 'none';
    throw new Error(`${deadLetters} in ${DEAD_LETTER_QUEUE}; \`pnpm dead list\` shows them`);
  };
}
