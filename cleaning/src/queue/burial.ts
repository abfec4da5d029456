import { CLEANING_QUEUE, type DeadLetter, eventFactsOf } from '@hotel/contracts';
import { createBackoff } from '@hotel/runtime';
import { countDeadLetter, detached, inContext, type Logger } from '@hotel/telemetry';
import { type Job, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { TellFailed } from './confirm.ts';
import type { DeadLetters } from './dead-letters.ts';
import { readEnvelope } from './envelope.ts';
import { reasonInHindsight } from './give-up.ts';
import { awaitLastAnswer } from './last-answer.ts';
import { type LastAttempt, recallLastAttempt } from './last-attempt.ts';
import { carriesItself, letterIdOf } from './letter-id.ts';
import { removeIfFailed } from './remove-failed.ts';

const SWEEP_MS = 10_000;
const PAGE = 100;
/** Failed moves of a job recorded in its trace, so that the trace does not grow with every retry. */
const MAX_TRACED_FAILURES = 3;

/** Moves failed jobs to the dead letters. */
export interface Burial extends AsyncDisposable {
  /** Starts moving a failed job, and retries on failure. Never throws. */
  bury(job: Job<unknown>): void;
}

export interface BurialOptions {
  redis: Redis;
  prefix: string;
  deadLetters: DeadLetters;
  tellFailed: TellFailed;
  log: Logger;
  /** Interval of the search for failed jobs that have not been moved. */
  sweepMs?: number;
}

/**
 * Moves a job in three steps: adds the dead letter, reports it to dispo, and only then removes the failed job. A move
 * that a crash or an outage of dispo interrupts is repeated by a sweep at startup and every `sweepMs`.
 */
export function startBurial(options: BurialOptions): Burial {
  const { redis, prefix, deadLetters, tellFailed, log, sweepMs = SWEEP_MS } = options;
  const backoff = createBackoff(() => performance.now());
  const underWay = new Map<string, Promise<void>>();
  let queue: Queue<unknown> | undefined;
  let sweeping: Promise<void> | undefined;
  let closed = false;

  async function move(job: Job<unknown>, id: string): Promise<void> {
    const { data, name, opts } = job;
    const last = recallLastAttempt(job);
    const letter = letterOf(job, last);
    const isQuiet = backoff.count(id) >= MAX_TRACED_FAILURES;
    await (isQuiet ? detached : inContext.bind(undefined, last?.context ?? readEnvelope(data).carrier))(async () => {
      const { attempts, backoff, removeOnComplete } = opts;
      const options = Object.entries({ attempts, backoff, removeOnComplete }).filter(
        ([, value]) => value !== undefined,
      );
      const how = await deadLetters.put({ id: letterIdOf(id, data), name, opts: Object.fromEntries(options) }, letter);
      if (how !== 'known') {
        const { reason, attempts: made, error } = letter;
        countDeadLetter(CLEANING_QUEUE, reason);
        log.warn({ job_id: id, reason, attempts: made, error }, 'an event is given up and waits in the dead letters');
      }
      const event = carriesItself(id, data) ? eventFactsOf(id, data) : undefined;
      if (event) await tellFailed(event);
      await removeIfFailed(redis, prefix, id);
    });
    backoff.forget(id);
  }

  function begin(job: Job<unknown>): Promise<void> {
    const id = job.id ?? '';
    const moving =
      underWay.get(id) ??
      move(job, id)
        .catch((error) => {
          backoff.note(id);
          log.warn({ err: error, job_id: id }, 'an event that is given up could not be moved; it will be tried again');
        })
        .finally(() => underWay.delete(id));
    underWay.set(id, moving);
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
      await Promise.all(found.filter(({ id = '' }) => backoff.isDue(id)).map((job) => begin(job)));
      if (found.length < PAGE) return;
      stuck += (await Promise.all(found.map((job) => job.isFailed()))).filter(Boolean).length;
    }
  }

  function startSweep(): void {
    if (sweeping || closed || redis.status !== 'ready') return;
    sweeping = detached(sweep)
      .catch((error: unknown) =>
        log.warn({ err: error }, 'failed jobs could not be looked for; it will be tried again'),
      )
      .finally(() => {
        sweeping = undefined;
      });
  }

  const timer = setInterval(startSweep, sweepMs);
  redis.on('ready', startSweep);
  startSweep();

  return {
    bury: (job) => void begin(job),
    async [Symbol.asyncDispose]() {
      closed = true;
      clearInterval(timer);
      redis.off('ready', startSweep);
      // Without Redis nothing can be moved; the sweep of the next start does it.
      const away = new Promise<void>((resolve) => redis.once('close', resolve));
      using _ = awaitLastAnswer(redis);
      if (redis.status === 'ready') await Promise.race([Promise.allSettled([sweeping, ...underWay.values()]), away]);
      await queue?.close();
    },
  };
}

function letterOf(job: Job<unknown>, last: LastAttempt | undefined): DeadLetter {
  const traceparent = last?.context.traceparent;
  return {
    message: job.data,
    reason: last?.reason ?? reasonInHindsight(job),
    error: job.failedReason ?? '',
    ...(traceparent === undefined ? {} : { traceparent }),
    failed_at: new Date(job.finishedOn ?? job.timestamp).toISOString(),
    attempts: job.attemptsMade,
  };
}
