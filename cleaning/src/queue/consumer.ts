import { CLEANING_QUEUE } from '@hotel/contracts';
import {
  captureContext,
  detached,
  type Logger,
  noteDeadLetter,
  type QueueTrace,
  traceProcess,
  withoutValues,
} from '@hotel/telemetry';
import { type Job, UnrecoverableError } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Burial } from './burial.ts';
import type { DeadLetters } from './dead-letters.ts';
import { withDeadline } from './deadline.ts';
import { EventNotValidError, JobTooLargeError, readEnvelope } from './envelope.ts';
import { reasonToGiveUp, StalledTooOftenError } from './give-up.ts';
import type { Handle } from './handle.ts';
import { JobWorker } from './job-worker.ts';
import { awaitLastAnswer } from './last-answer.ts';
import { keepLastAttempt } from './last-attempt.ts';
import { letterIdOf } from './letter-id.ts';
import { createRepeatedErrorLog } from './repeated-error-log.ts';
import { errorOfUnreadable } from './unreadable.ts';
import { createWaitClock } from './wait-clock.ts';

const JOB_DEADLINE_MS = 30_000;
/** A crash is usually not the job's fault, so a job is given up only after this many crashes. */
const MAX_STALLED_COUNT = 10;

export interface ConsumerOptions {
  redis: Redis;
  prefix: string;
  concurrency: number;
  relation: QueueTrace;
  /** Lifetime of a job's lock without renewal. */
  lockMs: number;
  handle: Handle;
  deadLetters: Pick<DeadLetters, 'remove'>;
  burial: Pick<Burial, 'bury'>;
  log: Logger;
  /** Time limit of an attempt. */
  deadlineMs?: number;
}

/**
 * Processes jobs of the queue, with one `process` span per attempt. A job completes when `handle` resolves; when it
 * rejects, BullMQ retries according to the job's options. Disposal waits for active jobs.
 */
export function startConsumer(options: ConsumerOptions): AsyncDisposable {
  const { redis, prefix, concurrency, relation, lockMs, handle, deadLetters, burial, log } = options;
  const { deadlineMs = JOB_DEADLINE_MS } = options;
  const waits = createWaitClock(() => Date.now());
  const warnOfClocks = createRepeatedErrorLog(
    log,
    'hotel.queue.wait_ms is wrong: synchronize the clocks',
    Date.now,
    'warn',
  );
  const underWay = new Set<Promise<void>>();

  async function processJob(job: Job<unknown>): Promise<void> {
    if (isRemnant(job)) {
      // Removes the stub that BullMQ wrote while taking the job; otherwise its id could not be added again.
      job.opts.removeOnComplete = true;
      log.warn({ job_id: job.id }, 'Redis had lost the data of a job; dispo publishes its event again');
      return;
    }
    const { subject, ...received } = readEnvelope(job.data);
    const message = { queue: CLEANING_QUEUE, id: job.id ?? '', conversationId: subject };
    // Not `attemptsMade`, which does not count attempts that ended in a crash.
    const attempt = { number: job.attemptsStarted, waitMs: waits.waitedMs(job) };
    if (attempt.waitMs < 0)
      warnOfClocks(new Error('the clock of the host that sent an event is ahead of the one of this host'));
    const processing = traceProcess(message, received, attempt, relation, () => attemptOnce(job)).catch((error) => {
      const isHopeless = [EventNotValidError, JobTooLargeError, StalledTooOftenError].some(
        (one) => error instanceof one,
      );
      // BullMQ stores the error's message and stack with the job; the dead letter copies them from there.
      throw isHopeless ? new UnrecoverableError(error.message) : withoutValues(error);
    });
    underWay.add(processing);
    await processing.finally(() => underWay.delete(processing));
  }

  async function attemptOnce(job: Job<unknown>): Promise<void> {
    try {
      // First of all, because a job that is given up must be readable in Redis.
      await requireReadable(job);
      if (job.stalledCounter > MAX_STALLED_COUNT) throw new StalledTooOftenError(job.stalledCounter);
      await withDeadline(deadlineMs, (signal) => handle({ id: job.id ?? '', data: job.data }, signal));
      if (readEnvelope(job.data).isRedriven) await deadLetters.remove(letterIdOf(job.id ?? '', job.data));
    } catch (error) {
      const reason = reasonToGiveUp(job, error);
      if (reason) {
        noteDeadLetter(reason);
        keepLastAttempt(job, { reason, context: captureContext() });
      }
      log.warn({ err: error, job_id: job.id, attempt: job.attemptsStarted }, 'an event could not be processed');
      throw error;
    }
  }

  async function requireReadable(job: Job<unknown>): Promise<void> {
    const error = errorOfUnreadable(job.data);
    if (!error) return;
    // Failed jobs must be readable in Redis. If this update fails, the dead letter is written from memory.
    await job.updateData(job.data).catch(() => {});
    throw error;
  }

  // Detached, or the worker's loop would belong to the trace that was active at startup.
  const worker = detached(
    () =>
      new JobWorker(processJob, {
        connection: redis,
        prefix,
        concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        // BullMQ's own limit would fail a job without an attempt, and so without a span; MAX_STALLED_COUNT replaces it.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        // Delay before the next fetch after a Redis failure. The default of 15 s would prolong every outage.
        runRetryDelay: 1_000,
      }),
  );
  worker.on('failed', (job) => {
    if (job?.finishedOn !== undefined) burial.bury(job);
    else if (job) waits.retryIn(job, job.delay);
  });
  worker.on('stalled', (jobId) =>
    log.warn({ job_id: jobId }, 'a job was left behind by a worker that died; it is taken over'),
  );
  const logError = createRepeatedErrorLog(log, 'the queue reports an error', () => performance.now());
  // The connection itself logs, once, that Redis is unavailable.
  worker.on('error', (error) => {
    if (redis.status === 'ready') logError(error);
  });
  void detached(() => worker.run());

  return {
    async [Symbol.asyncDispose]() {
      // Without Redis, BullMQ would wait for its return to complete a job. The next worker gets the job as a duplicate.
      const away = new Promise<void>((resolve) => redis.once('close', resolve));
      worker.stopWaiting();
      using patience = new DisposableStack();
      const handled = Promise.allSettled(underWay).then(() => void patience.use(awaitLastAnswer(redis)));
      if (redis.status === 'ready') await Promise.race([worker.pause(), away]);
      await handled;
      await Promise.race([worker.close(redis.status !== 'ready'), away]);
    },
  };
}

/** An id in the queue whose job key was evicted or deleted. BullMQ returns it as a job without a name. */
function isRemnant(job: Job<unknown>): boolean {
  return job.name === undefined;
}
