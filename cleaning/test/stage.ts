import { CLEANING_QUEUE, DEAD_LETTER_QUEUE, type DeadLetter } from '@hotel/contracts';
import { connectRedis } from '@hotel/runtime';
import { type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Facts } from '../src/events.ts';
import { createPlanRepository, type Outcome } from '../src/plan/repository.ts';
import { type Burial, startBurial } from '../src/queue/burial.ts';
import { createConfirm, createTellFailed } from '../src/queue/confirm.ts';
import { startConsumer } from '../src/queue/consumer.ts';
import { createDeadLetters, type DeadLetters } from '../src/queue/dead-letters.ts';
import { createHandle, type Handle } from '../src/queue/handle.ts';
import { type StandInDispo, startDispo } from './dispo.ts';
import { openTestDatabase, silent, type TestDatabase } from './stand.ts';

export interface Worker {
  burial: Burial;
  dispose(): Promise<void>;
}

export interface Stage extends AsyncDisposable {
  database: TestDatabase;
  dispo: StandInDispo;
  redis: Redis;
  prefix: string;
  queue: Queue;
  dead: Queue<DeadLetter>;
  deadLetters: DeadLetters;
  outcomes: Outcome[];
  /** Starts a worker with its production parts. */
  startWorker(options?: { handle?: Handle; deadlineMs?: number }): Worker;
}

const fourAttempts: JobsOptions = { attempts: 4, backoff: { type: 'fixed', delay: 20 }, removeOnComplete: true };

/** A worker's test environment: a separate queue in a real Redis, a database, and a fake dispo. */
export async function openStage(redisUrl: string, prefix: string): Promise<Stage> {
  const open = new AsyncDisposableStack();
  const database = open.use(await openTestDatabase());
  const dispo = open.use(await startDispo());
  const connection = open.use(connectRedis(redisUrl, silent, { forWorker: true }));
  await connection.ping();
  const queue = new Queue(CLEANING_QUEUE, { connection, prefix, defaultJobOptions: fourAttempts });
  open.defer(() => queue.close());
  const dead = new Queue<DeadLetter>(DEAD_LETTER_QUEUE, { connection, prefix });
  open.defer(() => dead.close());
  const deadLetters = open.use(createDeadLetters({ redis: connection, prefix }));
  const outcomes: Outcome[] = [];
  const facts: Pick<Facts, Outcome> = {
    applied: () => void outcomes.push('applied'),
    outdated: () => void outcomes.push('outdated'),
    duplicate: () => void outcomes.push('duplicate'),
  };
  const plan = createPlanRepository(database.sqlite, () => new Date());

  function startWorker({ handle, ...options }: { handle?: Handle; deadlineMs?: number } = {}): Worker {
    const resources = new AsyncDisposableStack();
    const redis = resources.use(connectRedis(redisUrl, silent, { forWorker: true }));
    const tellFailed = createTellFailed(dispo);
    const burial = resources.use(startBurial({ redis, prefix, deadLetters, tellFailed, log: silent, sweepMs: 100 }));
    resources.use(
      startConsumer({
        ...options,
        redis,
        prefix,
        concurrency: 4,
        relation: 'both',
        lockMs: 10_000,
        handle: handle ?? createHandle({ plan, confirm: createConfirm(dispo), facts }),
        deadLetters,
        burial,
        log: silent,
      }),
    );
    const dispose = () => resources.disposeAsync();
    open.defer(dispose);
    return { burial, dispose };
  }

  return {
    database,
    dispo,
    redis: connection,
    prefix,
    queue,
    dead,
    deadLetters,
    outcomes,
    startWorker,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
