import { CommandError } from '@hotel/cli';
import {
  CLEANING_QUEUE,
  cleaningResultPath,
  DEAD_LETTER_QUEUE,
  type DeadLetter,
  deadLetterSchema,
  type InternalTarget,
  identifyEvent,
  internalCall,
  redrivenMessage,
} from '@hotel/contracts';
import type { RedisClient } from '@hotel/redis';
import { httpJson } from '@hotel/trace-test';
import { type Job, type JobsOptions, Queue } from 'bullmq';

const READ_AT_ONCE = 10;

/** A dead letter as the commands show it. */
export interface DeadLetterEntry {
  id: string;
  /** The event's type. */
  name: string;
  opts: JobsOptions;
  deadLetter: DeadLetter;
  /** True when it has been redriven and no attempt has ended yet. */
  isRequeued: boolean;
}

export type DeadQueue = ReturnType<typeof openDeadQueue>;

/**
 * The dead letters and their redrive. A redriven dead letter is kept until the worker succeeds, so nothing is lost, and
 * redriving is idempotent.
 */
export function openDeadQueue(redis: RedisClient, prefix: string, now: () => Date) {
  // Reading must not write: no meta keys for queues that do not exist.
  const options = { connection: redis, prefix, skipMetasUpdate: true };
  const dead = new Queue<unknown>(DEAD_LETTER_QUEUE, options);
  const cleaning = new Queue<unknown>(CLEANING_QUEUE, options);

  async function toEntry(job: Job<unknown>): Promise<DeadLetterEntry> {
    const { id = '', name, opts } = job;
    const parsed = deadLetterSchema.safeParse(job.data);
    if (!parsed.success) {
      throw new CommandError(
        `The job ${id} of ${DEAD_LETTER_QUEUE} cannot be read by this version. A newer version may have written it.`,
      );
    }
    const { attempts, backoff, removeOnComplete } = opts;
    const kept = Object.entries({ attempts, backoff, removeOnComplete }).filter(([, value]) => value !== undefined);
    const queued = await cleaning.getJob(id);
    const isRequeued = queued !== undefined && !(await queued.isFailed());
    return { id, name, opts: Object.fromEntries(kept), deadLetter: parsed.data, isRequeued };
  }

  /** Removes a failed job, so that its id is free. Its dead letter holds the message. */
  async function removeFailed(id: string): Promise<void> {
    const failed = await cleaning.getJob(id);
    if (failed && (await failed.isFailed())) await failed.remove();
  }

  return {
    count: () => dead.getWaitingCount(),
    /** How many jobs wait for the worker. */
    countWaiting: () => cleaning.getWaitingCount(),
    /** The ids of all dead letters, oldest first: a few megabytes at most. */
    ids: async () => (await redis.lrange(dead.toKey('wait'), 0, -1)).reverse(),
    /** Oldest first, a few at a time: a message that could not be parsed may be large. */
    async *list({ skip, limit }: { skip: number; limit: number }): AsyncGenerator<DeadLetterEntry[], void, undefined> {
      for (let at = skip; at < skip + limit; at += READ_AT_ONCE) {
        const jobs = await dead.getJobs(['wait'], at, Math.min(at + READ_AT_ONCE, skip + limit) - 1, true);
        // A job may be removed at the same time.
        const existing = jobs.filter((job): job is Job<unknown> => job !== undefined);
        yield await Promise.all(existing.map(toEntry));
        if (jobs.length < READ_AT_ONCE) return;
      }
    },
    async findOptional(id: string): Promise<DeadLetterEntry | undefined> {
      const job = await dead.getJob(id);
      return job && toEntry(job);
    },
    async find(id: string): Promise<DeadLetterEntry> {
      const job = await dead.getJob(id);
      if (!job) throw new CommandError(`There is no dead letter ${id}. List them with: npx -y pnpm@12 dead list`);
      return toEntry(job);
    },
    /** Requeues the message in its own trace, with its original number of attempts. */
    async redrive({ id, name, opts, deadLetter }: DeadLetterEntry): Promise<void> {
      await removeFailed(id);
      await cleaning.add(name, redrivenMessage(deadLetter, now()), { ...opts, jobId: id });
    },
    /** Drops the event: dispo is notified first, or its outbox would publish it again. */
    async drop({ id, deadLetter, isRequeued }: DeadLetterEntry, dispo: InternalTarget): Promise<void> {
      if (isRequeued) throw new CommandError(`${id} has been requeued: wait until it is processed.`);
      await reportDropped(id, deadLetter.message, dispo);
      await removeFailed(id);
      await dead.remove(id);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([dead.close(), cleaning.close()]);
    },
  };
}

async function reportDropped(id: string, message: unknown, dispo: InternalTarget): Promise<void> {
  const event = identifyEvent(id, message);
  if (!event) return;
  const { url, headers } = internalCall(dispo, cleaningResultPath(event.booking_id));
  const body = { event_id: event.event_id, result: 'dropped' };
  const { status } = await httpJson(url.href, { method: 'PUT', headers, body }).catch((error: Error) => {
    const { code, message: text } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new CommandError(
      `Nothing was dropped: dispo cannot be reached at ${url.origin} (${code ?? text}). Set DISPO_INTERNAL_URL to its internal listener.`,
    );
  });
  // dispo does not have this booking: nothing to notify.
  if (status === 204 || status === 404) return;
  throw new CommandError(`Nothing was dropped: dispo answered ${status} to PUT ${url.href}.`);
}
