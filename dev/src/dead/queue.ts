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
import { httpJson } from '@hotel/trace-test';
import { type Job, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';

const READ_AT_ONCE = 10;

/** A dead letter as the commands show it. */
export interface Found {
  id: string;
  /** The event's type. */
  name: string;
  opts: JobsOptions;
  letter: DeadLetter;
  /** True when it has been redriven and no attempt has ended yet. */
  isOnItsWay: boolean;
}

export type DeadQueue = ReturnType<typeof openDeadQueue>;

/**
 * The dead letters and their redrive. A redriven dead letter is kept until the worker succeeds, so nothing is lost, and
 * redriving is idempotent.
 */
export function openDeadQueue(redis: Redis, prefix: string, now: () => Date) {
  // Reading must not write: no meta keys for queues that do not exist.
  const options = { connection: redis, prefix, skipMetasUpdate: true };
  const dead = new Queue<unknown>(DEAD_LETTER_QUEUE, options);
  const cleaning = new Queue<unknown>(CLEANING_QUEUE, options);

  async function toFound(job: Job<unknown>): Promise<Found> {
    const { id = '', name, opts } = job;
    const parsed = deadLetterSchema.safeParse(job.data);
    if (!parsed.success) {
      throw new CommandError(
        `The job ${id} of ${DEAD_LETTER_QUEUE} is no dead letter that this version can read. Was it written by a newer one?`,
      );
    }
    const { attempts, backoff, removeOnComplete } = opts;
    const kept = Object.entries({ attempts, backoff, removeOnComplete }).filter(([, value]) => value !== undefined);
    const back = await cleaning.getJob(id);
    const isOnItsWay = back !== undefined && !(await back.isFailed());
    return { id, name, opts: Object.fromEntries(kept), letter: parsed.data, isOnItsWay };
  }

  /** The same id is free again: a job that is failed has its letter, which is what is put back. */
  async function forgetFailed(id: string): Promise<void> {
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
    async *list({ skip, limit }: { skip: number; limit: number }): AsyncGenerator<Found[], void, undefined> {
      for (let at = skip; at < skip + limit; at += READ_AT_ONCE) {
        const jobs = await dead.getJobs(['wait'], at, Math.min(at + READ_AT_ONCE, skip + limit) - 1, true);
        // Skips one that is removed meanwhile.
        const there = jobs.filter((job): job is Job<unknown> => job !== undefined);
        yield await Promise.all(there.map(toFound));
        if (jobs.length < READ_AT_ONCE) return;
      }
    },
    async findIfThere(id: string): Promise<Found | undefined> {
      const job = await dead.getJob(id);
      return job && toFound(job);
    },
    async find(id: string): Promise<Found> {
      const job = await dead.getJob(id);
      if (!job) throw new CommandError(`There is no dead letter ${id}. \`pnpm dead list\` shows those that there are.`);
      return toFound(job);
    },
    /** Requeues the message in its own trace, with its original number of attempts. */
    async redrive({ id, name, opts, letter }: Found): Promise<void> {
      await forgetFailed(id);
      await cleaning.add(name, redrivenMessage(letter, now()), { ...opts, jobId: id });
    },
    /** Drops the event: dispo is notified first, or its outbox would publish it again. */
    async drop({ id, letter, isOnItsWay }: Found, dispo: InternalTarget): Promise<void> {
      if (isOnItsWay) throw new CommandError(`${id} has been put back and is on its way: wait for what becomes of it.`);
      await tellDropped(id, letter.message, dispo);
      await forgetFailed(id);
      await dead.remove(id);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([dead.close(), cleaning.close()]);
    },
  };
}

async function tellDropped(id: string, message: unknown, dispo: InternalTarget): Promise<void> {
  const event = identifyEvent(id, message);
  if (!event) return;
  const { url, headers } = internalCall(dispo, cleaningResultPath(event.booking_id));
  const body = { event_id: event.event_id, result: 'dropped' };
  const { status } = await httpJson(url.href, { method: 'PUT', headers, body }).catch((error: Error) => {
    const { code, message: text } = (error.cause ?? error) as NodeJS.ErrnoException;
    throw new CommandError(
      `Nothing is dropped: dispo cannot be told at ${url.origin} (${code ?? text}). Set DISPO_INTERNAL_URL to its internal listener.`,
    );
  });
  // dispo does not have this booking: nothing to notify.
  if (status === 204 || status === 404) return;
  throw new CommandError(`Nothing is dropped: dispo answered ${status} to PUT ${url.href}.`);
}
