import { CLEANING_QUEUE, type DeadLetter, identifyEvent } from '@hotel/contracts';
import type { Logger } from '@hotel/log';
import type { RedisClient } from '@hotel/redis';
import { createBackoff, detached } from '@hotel/runtime';
import { countDeadLetter, EVENT_MESSAGE_DEAD_LETTERED, inContext } from '@hotel/telemetry';
import { type Job, Queue } from 'bullmq';
import type { Callback } from '../callback.ts';
import { disconnectAfterTimeout } from '../disconnect-timeout.ts';
import { readEnvelope } from '../messages/envelope.ts';
import { type FinalAttempt, readFinalAttempt } from './final-attempt.ts';
import { deadLetterIdOf, hasIdOfEvent } from './id.ts';
import { reasonOfFailedJob } from './reason.ts';
import { removeIfFailed } from './remove-failed.ts';
import type { DeadLetterStore } from './store.ts';

const SWEEP_MS = 10_000;
const PAGE = 100;
/** Failed moves of a job recorded in its trace, so that the trace does not grow with every retry. */
const MAX_TRACED_FAILURES = 3;

/** Moves failed jobs to the dead letters. */
export interface DeadLetterMover extends AsyncDisposable {
  /** Starts moving a failed job, and retries on failure. Never throws. */
  move(job: Job<unknown>): void;
}

export interface DeadLetterMoverOptions {
  redis: RedisClient;
  prefix: string;
  deadLetters: DeadLetterStore;
  reportFailed: Callback['reportFailed'];
  log: Logger;
  /** Interval of the search for failed jobs that have not been moved. */
  sweepMs?: number | undefined;
}

/**
 * Moves a job in three steps: adds the dead letter, reports it to dispo, and only then removes the failed job. A move
 * that a crash or an outage of dispo interrupts is repeated by a sweep at startup and every `sweepMs`.
 */
export function startDeadLetterMover(options: DeadLetterMoverOptions): DeadLetterMover {
  const { redis, prefix, deadLetters, reportFailed, log, sweepMs = SWEEP_MS } = options;
  const backoff = createBackoff(() => performance.now());
  const inProgress = new Map<string, Promise<void>>();
  let queue: Queue<unknown> | undefined;
  let sweeping: Promise<void> | undefined;
  let closed = false;

  async function moveOnce(job: Job<unknown>, id: string): Promise<void> {
    const { data, name, opts } = job;
    const final = readFinalAttempt(job);
    const deadLetter = deadLetterOf(job, final);
    const isTraced = backoff.count(id) < MAX_TRACED_FAILURES;
    const context = final?.context ?? readEnvelope(data).carrier;
    await (isTraced ? inContext.bind(undefined, context) : detached)(async () => {
      const { attempts, backoff, removeOnComplete } = opts;
      const options = Object.entries({ attempts, backoff, removeOnComplete }).filter(
        ([, value]) => value !== undefined,
      );
      const message = { id: deadLetterIdOf(id, data), name, opts: Object.fromEntries(options) };
      if ((await deadLetters.put(message, deadLetter)) !== 'known') {
        const { reason, attempts: made, error } = deadLetter;
        countDeadLetter(CLEANING_QUEUE, reason);
        log.warn(
          { event_name: EVENT_MESSAGE_DEAD_LETTERED, job_id: id, reason, attempts: made, error },
          'event moved to the dead letters',
        );
      }
      const event = hasIdOfEvent(id, data) ? identifyEvent(id, data) : undefined;
      if (event) await reportFailed(event);
      await removeIfFailed(redis, prefix, id);
    });
    backoff.forget(id);
  }

  function move(job: Job<unknown>): Promise<void> {
    const id = job.id ?? '';
    const moving =
      inProgress.get(id) ??
      moveOnce(job, id)
        .catch((error) => {
          backoff.note(id);
          log.warn({ err: error, job_id: id }, 'an event could not be moved to the dead letters; retrying');
        })
        .finally(() => inProgress.delete(id));
    inProgress.set(id, moving);
    return moving;
  }

  async function sweep(): Promise<void> {
    queue ??= new Queue<unknown>(CLEANING_QUEUE, { connection: redis, prefix, skipMetasUpdate: true }).on(
      'error',
      () => {},
    );
    // Jobs that cannot be moved stay at the front. The page starts after them, so that they do not block the others.
    for (let stuck = 0; !closed && redis.status === 'ready'; ) {
      const found = await queue.getJobs(['failed'], stuck, stuck + PAGE - 1);
      await Promise.all(found.filter(({ id = '' }) => backoff.isDue(id)).map(move));
      if (found.length < PAGE) return;
      stuck += (await Promise.all(found.map((job) => job.isFailed()))).filter(Boolean).length;
    }
  }

  function startSweep(): void {
    if (sweeping || closed || redis.status !== 'ready') return;
    sweeping = detached(sweep)
      .catch((error: unknown) => log.warn({ err: error }, 'the sweep for failed jobs failed; retrying'))
      .finally(() => {
        sweeping = undefined;
      });
  }

  const timer = setInterval(startSweep, sweepMs);
  redis.on('ready', startSweep);
  startSweep();

  return {
    move: (job) => void move(job),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      redis.off('ready', startSweep);
      // Without Redis nothing can be moved; the sweep of the next start does it.
      const disconnected = new Promise<void>((resolve) => redis.once('close', resolve));
      using _ = disconnectAfterTimeout(redis);
      if (redis.status === 'ready') {
        await Promise.race([Promise.allSettled([sweeping, ...inProgress.values()]), disconnected]);
      }
      await queue?.close();
    },
  };
}

function deadLetterOf(job: Job<unknown>, final: FinalAttempt | undefined): DeadLetter {
  const traceparent = final?.context.traceparent;
  return {
    message: job.data,
    reason: final?.reason ?? reasonOfFailedJob(job),
    error: job.failedReason ?? '',
    ...(traceparent === undefined ? {} : { traceparent }),
    failed_at: new Date(job.finishedOn ?? job.timestamp).toISOString(),
    attempts: job.attemptsMade,
  };
}
