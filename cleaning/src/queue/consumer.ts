import { CLEANING_QUEUE, eventRetry } from '@hotel/contracts';
import { type Logger, withoutValues } from '@hotel/log';
import type { RedisClient } from '@hotel/redis';
import { detached } from '@hotel/runtime';
import { captureContext, EVENT_MESSAGE_FAILED, noteDeadLetter, type QueueTrace, traceProcess } from '@hotel/telemetry';
import { type Job, UnrecoverableError } from 'bullmq';
import { storeFinalAttempt } from './dead-letters/final-attempt.ts';
import { deadLetterIdOf } from './dead-letters/id.ts';
import type { DeadLetterMover } from './dead-letters/mover.ts';
import { deadLetterReason, StalledTooOftenError } from './dead-letters/reason.ts';
import type { DeadLetterStore } from './dead-letters/store.ts';
import { withDeadline } from './deadline.ts';
import { disconnectAfterTimeout, settlesInTime } from './disconnect-timeout.ts';
import { createJobLock, type JobLock } from './job-lock.ts';
import { JobWorker } from './job-worker.ts';
import { EventNotValidError, JobTooLargeError, readEnvelope } from './messages/envelope.ts';
import { errorOfUnreadable } from './messages/unreadable.ts';
import { isLeftToOutbox } from './outage.ts';
import type { ProcessEvent } from './process-event.ts';
import { createQueueWait } from './queue-wait.ts';
import { createRepeatedErrorLog } from './repeated-error-log.ts';

/** A crash is usually not the job's fault, so a job becomes a dead letter only after this many crashes. */
const MAX_STALLED_COUNT = 10;

export interface ConsumerOptions {
  redis: RedisClient;
  /** Prefix of BullMQ's keys. */
  prefix: string;
  concurrency: number;
  relation: QueueTrace;
  /** Lifetime of a job's lock without renewal. */
  lockMs: number;
  processEvent: ProcessEvent;
  deadLetters: Pick<DeadLetterStore, 'remove'>;
  mover: Pick<DeadLetterMover, 'move'>;
  log: Logger;
  /** Time limit of an attempt. */
  deadlineMs?: number | undefined;
}

/**
 * Processes jobs of the queue, with one `process` span per attempt. A job completes when `processEvent`
 * resolves; when it rejects, BullMQ retries according to the job's options. Disposal waits for active jobs.
 */
export function startConsumer(options: ConsumerOptions): AsyncDisposable {
  const { redis, prefix, concurrency, relation, lockMs, processEvent, deadLetters, mover, log } = options;
  const { deadlineMs = eventRetry.deadlineMs } = options;
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
      // BullMQ stores the error's message and stack with the job; the dead letter copies them from there.
      if (isLeftToOutbox(job, error)) {
        log.warn(
          { job_id: job.id, err: error },
          'dispo or the database was unavailable in the last attempt of a job; dispo will publish its event again',
        );
        return;
      }
      throw isPermanent ? new UnrecoverableError(error.message) : withoutValues(error);
    });
    inProgress.add(processing);
    await processing.finally(() => inProgress.delete(processing));
  }

  async function allProcessed(): Promise<void> {
    while (inProgress.size > 0) await Promise.allSettled(inProgress);
  }

  async function attemptOnce(job: Job<unknown>, lock: JobLock): Promise<void> {
    try {
      // First, because a failed job must be readable in Redis.
      await requireReadable(job);
      if (job.stalledCounter > MAX_STALLED_COUNT) throw new StalledTooOftenError(job.stalledCounter);
      await withDeadline(deadlineMs, (signal) =>
        processEvent({ id: job.id ?? '', data: job.data }, { signal, requireLock: lock.require }),
      );
      if (readEnvelope(job.data).isRedriven) await deadLetters.remove(deadLetterIdOf(job.id ?? '', job.data));
    } catch (error) {
      const reason = deadLetterReason(job, error);
      if (reason && !isLeftToOutbox(job, error) && (await isHeld(lock))) {
        noteDeadLetter(reason);
        storeFinalAttempt(job, { reason, context: captureContext() });
      }
      log.warn(
        { event_name: EVENT_MESSAGE_FAILED, err: error, job_id: job.id, attempt: job.attemptsStarted },
        'failed to process an event',
      );
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
        // Not under a job that Redis has handed out meanwhile: it would end without its last spans.
        if (inProgress.size === 0) redis.disconnect();
      }
      using _ = disconnectAfterTimeout(redis);
      await Promise.race([worker.close(redis.status !== 'ready'), disconnected]);
    },
  };
}

const isHeld = (lock: JobLock) =>
  lock.require().then(
    () => true,
    () => false,
  );

/** An id in the queue whose job key was evicted or deleted. BullMQ returns it as a job without a name. */
function isRemnant(job: Job<unknown>): boolean {
  return job.name === undefined;
}
