import { EventEmitter } from 'node:events';
import { type BookingEvent, CLEANING_QUEUE, DEAD_LETTER_QUEUE } from '@hotel/contracts';
import { detached } from '@hotel/telemetry';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { type Capacity, readCapacity } from './capacity.ts';
import { type Inspection, inspect } from './inspection.ts';

/** The way into the queue, as the relay needs it. */
export interface EventQueue extends AsyncDisposable {
  /** False while Redis is away: nothing can be published, and nothing should try. */
  isReady(): boolean;
  /** Calls back whenever Redis has come (back). */
  onReady(callback: () => void): void;
  /** Publishes in one command each, in the active context. An event that is in the queue already stays as it is. */
  publish(event: BookingEvent): Promise<void>;
  publishAll(events: BookingEvent[]): Promise<void>;
  /** How many more jobs it may get. @throws Error when Redis takes no writes */
  capacity(): Promise<Capacity>;
  /** Finds out which events will not be processed although they were published. */
  inspect(): Inspection;
  /** Ids of waiting jobs, the newest first, without the `toKeep` oldest. */
  newestWaiting(page: { skip: number; count: number; toKeep: number }): Promise<string[]>;
  /** Removes jobs that nobody works on and that have no dead letter. Returns the ids of those that are gone. */
  withdraw(ids: string[]): Promise<string[]>;
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
const EVENTS_KEPT = 100;
/** For a queue that is another process's: nothing of it is written, and its version is known from the other one. */
const ASK_ONLY = { skipMetasUpdate: true, skipVersionCheck: true, skipWaitingForReady: true };
/** The scores of BullMQ's delayed jobs are milliseconds since 1970 times this, so that there is room for an order within one. */
const SCORES_A_MS = 0x1000;

export interface EventQueueOptions {
  redis: Redis;
  prefix: string;
  backoffMs: number;
  /** How many jobs Redis holds at most, whoever published them. */
  maxJobs: number;
}

export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { redis, prefix, maxJobs } = options;
  const ready = new EventEmitter();
  let queue: Queue<BookingEvent> | undefined;
  let letters: Queue | undefined;

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
      letters = quiet(new Queue(DEAD_LETTER_QUEUE, { connection: redis, prefix, ...ASK_ONLY }));
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
    inspect: () => inspect(redis, required(), letters as Queue),
    async newestWaiting({ skip, count, toKeep }) {
      const wait = required().toKey('wait');
      const end = Math.min(skip + count, (await redis.llen(wait)) - toKeep);
      return end > skip ? redis.lrange(wait, skip, end - 1) : [];
    },
    async withdraw(ids) {
      const results = await Promise.all(
        ids.map(async (id) => !(await redis.exists(letters?.toKey(id) ?? '')) && (await required().remove(id)) === 1),
      );
      return ids.filter((_, i) => results[i]);
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
      await letters?.close();
      await queue?.close();
    },
  };
}

function openQueue({ redis, prefix, backoffMs }: EventQueueOptions): Queue<BookingEvent> {
  return detached(() =>
    quiet(
      new Queue<BookingEvent>(CLEANING_QUEUE, {
        connection: redis,
        prefix,
        // Without it `add` waits for Redis indefinitely, and the relay with it.
        skipWaitingForReady: true,
        // Nobody reads BullMQ's stream of events, and its default length takes a megabyte of Redis.
        streams: { events: { maxLen: EVENTS_KEPT } },
        defaultJobOptions: {
          attempts: ATTEMPTS,
          backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
          removeOnComplete: true,
        },
      }),
    ),
  );
}

/** What fails is reported by whoever asked; without a listener it would end the process. */
function quiet<T>(queue: Queue<T>): Queue<T> {
  queue.on('error', () => {});
  return queue;
}
