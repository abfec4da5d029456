import { DEAD_LETTER_QUEUE, type DeadLetter } from '@hotel/contracts';
import { detached } from '@hotel/telemetry';
import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** What a letter keeps of a message besides its data. */
export interface DeadMessage {
  id: string;
  /** The job's name. */
  name: string;
  opts: Pick<JobsOptions, 'attempts' | 'backoff' | 'removeOnComplete'>;
}

/** The queue `cleaning-dead`, which nobody works on: its jobs wait for a person. */
export interface DeadLetters extends AsyncDisposable {
  /** Adds a letter. One that is there is brought up to date: its message was redriven, and has failed again. */
  put(message: DeadMessage, letter: DeadLetter): Promise<'added' | 'updated' | 'known'>;
  /** Takes a letter out whose message has been processed. Nothing happens when there is none. */
  remove(id: string): Promise<void>;
  /** @throws Error when Redis is away */
  count(): Promise<number>;
}

export function createDeadLetters({ redis, prefix }: { redis: Redis; prefix: string }): DeadLetters {
  let queue: Queue<DeadLetter> | undefined;

  // BullMQ asks Redis for its version when a queue is made, once: so it is made when there is one to ask.
  function open(): Queue<DeadLetter> {
    if (redis.status !== 'ready') throw new Error('Redis cannot be reached');
    if (queue) return queue;
    queue = detached(() => new Queue<DeadLetter>(DEAD_LETTER_QUEUE, { connection: redis, prefix }));
    // What fails is told by whoever asked; without a listener it would end the process.
    queue.on('error', () => {});
    return queue;
  }

  return {
    async put({ id, name, opts }, letter) {
      const letters = open();
      const known = await letters.getJob(id);
      if (known?.data.failed_at === letter.failed_at) return 'known';
      if (known) {
        await known.updateData(letter);
        return 'updated';
      }
      await letters.add(name, letter, { ...opts, jobId: id });
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

/** Something to look at is a check that fails: it says how many letters there are, and how to read them. */
export function createDeadLetterCheck({ count }: Pick<DeadLetters, 'count'>): () => Promise<string> {
  return async () => {
    const letters = await count();
    if (letters === 0) return 'none';
    throw new Error(`${letters} in ${DEAD_LETTER_QUEUE}; \`pnpm dead list\` shows them`);
  };
}
