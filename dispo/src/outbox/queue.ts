import { EventEmitter } from 'node:events';
import { type BookingEvent, CLEANING_QUEUE, DEAD_LETTER_QUEUE } from '@hotel/contracts';
import { detached } from '@hotel/telemetry';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';

/** The way into the queue, as the relay needs it. */
export interface EventQueue extends AsyncDisposable {
  /** False while Redis is away: nothing can be published, and nothing should try. */
  isReady(): boolean;
  /** Calls back whenever Redis has come (back). */
  onReady(callback: () => void): void;
  /** Publishes in one command each, in the active context. An event that is in the queue already stays as it is. */
  publish(event: BookingEvent): Promise<void>;
  publishAll(events: BookingEvent[]): Promise<void>;
  /** Those of `ids` that neither the queue has, in whatever state, nor its dead letters. */
  missing(ids: string[]): Promise<string[]>;
  /**
   * Makes jobs due that are put off for longer than any retry is: the clock of whoever put them off was ahead. Returns how many,
   * a page at a time.
   */
  hasten(): Promise<number>;
  /** Fails everything that Redis has not answered. Nothing can be published any more. */
  hangUp(): void;
}

const ATTEMPTS = 8;
const HASTENED_AT_ONCE = 500;
/** The scores of BullMQ's delayed jobs are milliseconds since 1970 times this, so that there is room for an order within one. */
const SCORES_A_MS = 0x1000;

export function createEventQueue(options: { redis: Redis; prefix: string; backoffMs: number }): EventQueue {
  const { redis } = options;
  const ready = new EventEmitter();
  let queue: Queue<BookingEvent> | undefined;

  // BullMQ asks Redis for its version when a queue is made, once, and a queue whose question failed never works. So it is made
  // when there is a Redis to ask.
  async function open(): Promise<void> {
    if (!queue) {
      const opened = openQueue(options);
      try {
        await opened.waitUntilReady();
      } catch {
        // Redis went away again: its next return starts over.
        await opened.close().catch(() => {});
        return;
      }
      queue = opened;
    }
    ready.emit('ready');
  }
  redis.on('ready', open);
  if (redis.status === 'ready') void open();

  function required(): Queue<BookingEvent> {
    if (!queue) throw new Error('Redis cannot be reached');
    return queue;
  }

  return {
    isReady: () => queue !== undefined && redis.status === 'ready',
    onReady: (callback) => ready.on('ready', callback),
    async publish(event) {
      await required().add(event.type, event, { jobId: event.id });
    },
    async publishAll(events) {
      await required().addBulk(events.map((event) => ({ name: event.type, data: event, opts: { jobId: event.id } })));
    },
    async missing(ids) {
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.exists(required().toKey(id), `${options.prefix}:${DEAD_LETTER_QUEUE}:${id}`);
      const replies = (await pipeline.exec()) ?? [];
      return ids.filter((_, i) => {
        const [error, exists] = replies[i] ?? [new Error('Redis did not answer')];
        if (error) throw error;
        return exists === 0;
      });
    },
    async hasten() {
      const longestBackoffMs = options.backoffMs * 2 ** ATTEMPTS;
      const latest = (Date.now() + longestBackoffMs) * SCORES_A_MS;
      const delayed = required().toKey('delayed');
      const ids = await redis.zrangebyscore(delayed, latest, '+inf', 'LIMIT', 0, HASTENED_AT_ONCE);
      for (const id of ids) {
        const job = await required().getJob(id);
        await job?.promote();
      }
      return ids.length;
    },
    hangUp: () => redis.disconnect(),
    async [Symbol.asyncDispose]() {
      redis.off('ready', open);
      await queue?.close();
    },
  };
}

function openQueue({
  redis,
  prefix,
  backoffMs,
}: {
  redis: Redis;
  prefix: string;
  backoffMs: number;
}): Queue<BookingEvent> {
  const queue = detached(
    () =>
      new Queue<BookingEvent>(CLEANING_QUEUE, {
        connection: redis,
        prefix,
        // Without it `add` waits for Redis for ever, and the relay with it.
        skipWaitingForReady: true,
        defaultJobOptions: {
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
          removeOnComplete: true,
        },
      }),
  );
  // What fails is told by whoever asked; without a listener it would end the process.
  queue.on('error', () => {});
  return queue;
}
