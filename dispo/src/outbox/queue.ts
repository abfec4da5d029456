import { EventEmitter } from 'node:events';
import { type BookingEvent, CLEANING_QUEUE, DEAD_LETTER_QUEUE, eventRetry, retryOptions } from '@hotel/contracts';
import type { RedisClient } from '@hotel/redis';
import { detached } from '@hotel/runtime';
import { Queue } from 'bullmq';
import { type Capacity, readCapacity } from './capacity.ts';
import { type Inspection, inspect } from './inspection.ts';

export interface EventQueue extends AsyncDisposable {
  /** False while Redis is away: publishing would fail. */
  isReady(): boolean;
  /** Calls back on each connection to Redis. */
  onReady(callback: () => void): void;
  /** Publishes in one command, in the active context. An event that is already in the queue is left unchanged. */
  publish(event: BookingEvent): Promise<void>;
  publishAll(events: BookingEvent[]): Promise<void>;
  /** @throws Error when Redis rejects writes for a reason other than memory */
  capacity(): Promise<Capacity>;
  /** Finds published events that will never be processed. */
  inspect(): Inspection;
  /** Returns ids of waiting jobs, newest first, excluding the `toKeep` oldest. */
  newestWaiting(page: { skip: number; count: number; toKeep: number }): Promise<string[]>;
  /** Removes jobs that are not active and have no dead letter. Returns the removed ids. */
  withdraw(ids: string[]): Promise<string[]>;
  /**
   * Promotes jobs delayed beyond the longest backoff, which only a wrong producer clock can cause. Promotes one page;
   * returns how many.
   */
  promoteOverdue(): Promise<number>;
  /** Disconnects and fails all pending commands. */
  disconnect(): void;
}

const PROMOTED_AT_ONCE = 500;
const EVENTS_KEPT = 100;
/** For another process's queue: read only, with that process checking the Redis version. */
const ASK_ONLY = { skipMetasUpdate: true, skipVersionCheck: true, skipWaitingForReady: true };
/**
 * BullMQ's scores for delayed jobs are epoch milliseconds times this; the low bits order jobs within one millisecond.
 */
const SCORES_A_MS = 0x1000;

export interface EventQueueOptions {
  redis: RedisClient;
  prefix: string;
  backoffMs: number;
  /** Upper bound on jobs in Redis, from all producers. */
  maxJobs: number;
}

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { redis, prefix, maxJobs } = options;
  const ready = new EventEmitter();
  let queue: Queue<BookingEvent> | undefined;
  let deadLetters: Queue | undefined;

  // BullMQ checks the Redis version once, when a queue is constructed, and a queue whose check failed never works. So
  // the queue is constructed only once Redis is connected.
  async function open(): Promise<void> {
    if (!queue) {
      const opened = openQueue(options);
      try {
        await opened.waitUntilReady();
      } catch {
        // Redis went away again: the next connection retries.
        await opened.close().catch(() => {});
        return;
      }
      queue = opened;
      deadLetters = ignoreErrors(new Queue(DEAD_LETTER_QUEUE, { connection: redis, prefix, ...ASK_ONLY }));
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
    capacity: async () => readCapacity(redis, required(), prefix, maxJobs),
    inspect: () => inspect(redis, required(), deadLetters as Queue),
    async newestWaiting({ skip, count, toKeep }) {
      const wait = required().toKey('wait');
      const end = Math.min(skip + count, (await redis.llen(wait)) - toKeep);
      return end > skip ? redis.lrange(wait, skip, end - 1) : [];
    },
    async withdraw(ids) {
      const results = await Promise.all(
        ids.map(
          async (id) => !(await redis.exists(deadLetters?.toKey(id) ?? '')) && (await required().remove(id)) === 1,
        ),
      );
      return ids.filter((_, i) => results[i]);
    },
    async promoteOverdue() {
      const longestBackoffMs = options.backoffMs * 2 ** eventRetry.attempts;
      const latest = (Date.now() + longestBackoffMs) * SCORES_A_MS;
      const delayed = required().toKey('delayed');
      const ids = await redis.zrangebyscore(delayed, latest, '+inf', 'LIMIT', 0, PROMOTED_AT_ONCE);
      for (const id of ids) {
        const job = await required().getJob(id);
        await job?.promote();
      }
      return ids.length;
    },
    disconnect: () => redis.disconnect(),
    async [Symbol.asyncDispose]() {
      redis.off('ready', open);
      await deadLetters?.close();
      await queue?.close();
    },
  };
}

function openQueue({ redis, prefix, backoffMs }: EventQueueOptions): Queue<BookingEvent> {
  return detached(() =>
    ignoreErrors(
      new Queue<BookingEvent>(CLEANING_QUEUE, {
        connection: redis,
        prefix,
        // Otherwise `add` waits for Redis indefinitely, and so does the relay.
        skipWaitingForReady: true,
        // BullMQ's event stream has no readers, and its default length takes a megabyte of Redis.
        streams: { events: { maxLen: EVENTS_KEPT } },
        defaultJobOptions: { ...retryOptions(backoffMs), removeOnComplete: true },
      }),
    ),
  );
}

/** Callers report their own failures; an unhandled `error` event would end the process. */
function ignoreErrors<T>(queue: Queue<T>): Queue<T> {
  queue.on('error', () => {});
  return queue;
}
