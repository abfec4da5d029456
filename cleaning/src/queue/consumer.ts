import { CLEANING_QUEUE } from '@hotel/contracts';
import { withoutValues } from '@hotel/log';
import type { RedisClient } from '@hotel/redis';
import { detached } from '@hotel/runtime';
import { type QueueTrace, traceProcess } from '@hotel/telemetry';
import { type Job, UnrecoverableError } from 'bullmq';
import { type AttemptOptions, createAttempt } from './attempt.ts';
import type { DeadLetterMover } from './dead-letters/mover.ts';
import { StalledTooOftenError } from './dead-letters/reason.ts';
import { disconnectAfterTimeout, settlesInTime } from './disconnect-timeout.ts';
import { createJobLock } from './job-lock.ts';
import { JobWorker } from './job-worker.ts';
import { EventNotValidError, JobTooLargeError, readEnvelope } from './messages/envelope.ts';
import { isLeftToOutbox } from './outage.ts';
import { createQueueWait } from './queue-wait.ts';
import { createRepeatedErrorLog } from './repeated-error-log.ts';

export interface ConsumerOptions extends AttemptOptions {
  redis: RedisClient;
  /** Prefix of BullMQ's keys. */
  prefix: string;
  concurrency: number;
  relation: QueueTrace;
  /** Lifetime of a job's lock without renewal. */
  lockMs: number;
  mover: Pick<DeadLetterMover, 'move'>;
}

/**
 * Processes jobs of the queue, with one `process` span per attempt. A job completes when `processEvent`
 * resolves; when it rejects, BullMQ retries according to the job's options. Disposal waits for active jobs.
 */
export function startConsumer(options: ConsumerOptions): AsyncDisposable {
  const { redis, prefix, concurrency, relation, lockMs, mover, log } = options;
  const attemptOnce = createAttempt(options);
  const waits = createQueueWait(() => Date.now());
  const warnOfClocks = createRepeatedErrorLog(
    log,
    'hotel.queue.wait_ms is wrong: synchronize the clocks',
    Date.now,
    'warn',
  );
  const inProgress = new Set<Promise<void>>();

  async function processJob(job: Job<unknown>, token = ''): Promise<void> {
    if (isRemnant(job)) {
      // Removes the stub that BullMQ wrote while taking the job; otherwise its id could not be added again.
      job.opts.removeOnComplete = true;
      log.warn({ job_id: job.id }, 'Redis lost the data of a job; dispo will publish its event again');
      return;
    }
    const { subject, ...received } = readEnvelope(job.data);
    const message = { queue: CLEANING_QUEUE, id: job.id ?? '', conversationId: subject };
    // Not `attemptsMade`, which does not count attempts that ended in a crash.
    const attempt = { number: job.attemptsStarted, waitMs: waits.waitedMs(job) };
    if (attempt.waitMs < 0)
      warnOfClocks(new Error('the clock of the host that published an event is ahead of the clock of this host'));
    const processing = traceProcess(message, received, attempt, relation, () =>
      attemptOnce(job, createJobLock(redis, job, token, lockMs)),
    ).catch((error) => {
      const isPermanent = [EventNotValidError, JobTooLargeError, StalledTooOftenError].some(
        (type) => error instanceof type,
      );
      if (isLeftToOutbox(job, error)) {
        log.warn(
          { job_id: job.id, err: error },
          'dispo or the database was unavailable in the last attempt of a job; dispo will publish its event again',
        );
        return;
      }
      // BullMQ stores the error's message and stack with the job; the dead letter copies them from there.
      throw isPermanent ? new UnrecoverableError(error.message) : withoutValues(error);
    });
    inProgress.add(processing);
    await processing.finally(() => inProgress.delete(processing));
  }

  async function allProcessed(): Promise<void> {
    while (inProgress.size > 0) await Promise.allSettled(inProgress);
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
        // BullMQ's own limit would fail a job without an attempt, and so without a span; attempt.ts replaces it.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        // Delay before the next fetch after a Redis failure. The default of 15 s would prolong every outage.
        runRetryDelay: 1_000,
      }),
  );
  worker.on('failed', (job) => {
    if (job?.finishedOn !== undefined) mover.move(job);
    else if (job) waits.noteRetry(job, job.delay);
  });
  worker.on('stalled', (jobId) =>
    log.warn({ job_id: jobId }, 'a job stalled because its worker died or hung; it will be retried'),
  );
  const logError = createRepeatedErrorLog(log, 'queue error', () => performance.now());
  // The connection itself logs, once, that Redis is unavailable.
  worker.on('error', (error) => {
    if (redis.status === 'ready') logError(error);
  });
  void detached(() => worker.run());

  return {
    async [Symbol.asyncDispose]() {
      // Without Redis, BullMQ would wait for its return to complete a job. The next worker gets the job as a duplicate.
      const disconnected = new Promise<void>((resolve) => redis.once('close', resolve));
      worker.stopWaiting();
      const paused = redis.status === 'ready' ? Promise.race([worker.pause(), disconnected]) : Promise.resolve();
      for (;;) {
        await allProcessed();
        if (await settlesInTime(paused)) break;
        // Never under an active job, which would end without its last spans: Redis may have handed one out meanwhile.
        if (inProgress.size === 0) redis.disconnect();
      }
      using _ = disconnectAfterTimeout(redis);
      await Promise.race([worker.close(redis.status !== 'ready'), disconnected]);
    },
  };
}

/** An id in the queue whose job key was evicted or deleted. BullMQ returns it as a job without a name. */
function isRemnant(job: Job<unknown>): boolean {
  return job.name === undefined;
}
