import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLEANING_QUEUE, DEAD_LETTER_QUEUE, type DeadLetter } from '@hotel/contracts';
import { connectRedis, type RedisConnection } from '@hotel/redis';
import { provideRedis, type RedisServer } from '@hotel/system';
import { type JobsOptions, Queue } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { BusinessEvents } from '../src/events.ts';
import { createPlanRepository, type Outcome } from '../src/plan/repository.ts';
import { createCallback } from '../src/queue/callback.ts';
import { createDeadLetterStore, type DeadLetterStore } from '../src/queue/dead-letters/store.ts';
import type { ProcessEvent } from '../src/queue/process-event.ts';
import { type QueueWorker, startQueueWorker } from '../src/queue/worker.ts';
import { openTestDatabase, type TestDatabase } from './databases.ts';
import { type FakeDispo, startFakeDispo } from './fake-dispo.ts';
import { silent } from './fixtures.ts';

/** A worker's environment: a queue of its own in a real Redis, a database, and a fake dispo. */
export interface Harness {
  database: TestDatabase;
  dispo: FakeDispo;
  redis: RedisConnection;
  prefix: string;
  queue: Queue;
  dead: Queue<DeadLetter>;
  deadLetters: DeadLetterStore;
  outcomes: Outcome[];
  /** Starts a worker as production does. It is closed after the test. */
  startWorker(options?: { processEvent?: ProcessEvent; deadlineMs?: number }): QueueWorker;
}

const fourAttempts: JobsOptions = { attempts: 4, backoff: { type: 'fixed', delay: 20 }, removeOnComplete: true };

/** Registers hooks: one Redis per test file, a new environment per test. Its fields are set while a test runs. */
export function useHarness(): Harness {
  const harness = {} as Harness;
  let server: RedisServer;
  let folder: string;
  let open: AsyncDisposableStack;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hotel-cleaning-redis-'));
    server = await provideRedis({ dataDir: folder });
  });
  afterAll(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async ({ task }) => {
    open = new AsyncDisposableStack();
    Object.assign(harness, await openHarness(open, server.url, `test-${task.id}`));
  });
  afterEach(async () => {
    await harness.redis.config('SET', 'maxmemory', '0');
    await open.disposeAsync();
  });
  return harness;
}

async function openHarness(open: AsyncDisposableStack, redisUrl: string, prefix: string): Promise<Harness> {
  const database = open.use(await openTestDatabase());
  const dispo = open.use(await startFakeDispo());
  const connection = open.use(connectRedis(redisUrl, silent, { forWorker: true }));
  await connection.ping();
  const queue = new Queue(CLEANING_QUEUE, { connection, prefix, defaultJobOptions: fourAttempts });
  open.defer(() => queue.close());
  const dead = new Queue<DeadLetter>(DEAD_LETTER_QUEUE, { connection, prefix });
  open.defer(() => dead.close());
  const deadLetters = open.use(createDeadLetterStore({ redis: connection, prefix }));
  const outcomes: Outcome[] = [];
  const record = (outcome: Outcome) => () => void outcomes.push(outcome);
  const events: Pick<BusinessEvents, Outcome> = {
    applied: record('applied'),
    outdated: record('outdated'),
    duplicate: record('duplicate'),
  };

  function startWorker(options: { processEvent?: ProcessEvent; deadlineMs?: number } = {}): QueueWorker {
    const redis = open.use(connectRedis(redisUrl, silent, { forWorker: true }));
    return open.use(
      startQueueWorker({
        ...options,
        redis,
        prefix,
        concurrency: 4,
        relation: 'both',
        lockMs: 10_000,
        plan: createPlanRepository(database.database, () => new Date()),
        callback: createCallback(dispo),
        events,
        log: silent,
        sweepMs: 100,
      }),
    );
  }

  return { database, dispo, redis: connection, prefix, queue, dead, deadLetters, outcomes, startWorker };
}
