import { CLEANING_QUEUE } from '@hotel/contracts';
import { tokenToSend } from '@hotel/http';
import type { Logger } from '@hotel/log';
import { connectRedis, createQueueCheck, createRedisCheck, queuePrefix } from '@hotel/redis';
import { detached, listen } from '@hotel/runtime';
import { observeDeadLetters, observeQueue } from '@hotel/telemetry';
import { createWorkerApp } from './app.ts';
import type { WorkerConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createBusinessEvents } from './events.ts';
import { createPlanRepository, type PlanRepository } from './plan/repository.ts';
import { type Callback, createCallback } from './queue/callback.ts';
import { createDeadLetterCheck } from './queue/dead-letters/store.ts';
import { createQueueStateReader } from './queue/state.ts';
import { startQueueWorker } from './queue/worker.ts';
import { startEventRetention } from './retention/event-ids.ts';

/** What benchmarks and tests replace. */
export interface WorkerParts {
  callback?: Callback;
  wrapPlan?: (plan: PlanRepository) => PlanRepository;
}

/** Starts cleaning-worker. Resources are added to the stack, which closes them in reverse order. */
export async function startWorker(
  config: WorkerConfig,
  resources: AsyncDisposableStack,
  log: Logger,
  { callback = callbackOf(config), wrapPlan = (plan) => plan }: WorkerParts = {},
): Promise<void> {
  const now = () => new Date();
  const prefix = queuePrefix(config);
  const database = resources.use(await openDatabase(config, 'cleaning-worker'));
  resources.use(detached(() => startEventRetention({ database, now, log })));
  const redis = resources.use(connectRedis(config.REDIS_URL, log, { forWorker: true }));
  const { deadLetters } = resources.use(
    startQueueWorker({
      redis,
      prefix,
      concurrency: config.WORKER_CONCURRENCY,
      relation: config.HOTEL_QUEUE_TRACE,
      lockMs: config.HOTEL_JOB_LOCK_MS,
      plan: wrapPlan(createPlanRepository(database, now)),
      callback,
      events: createBusinessEvents(log),
      log,
    }),
  );
  const queueState = resources.use(createQueueStateReader({ redis, prefix }));
  // The log already says that Redis is away: metrics are collected every few seconds, and must not repeat it.
  const whileConnected =
    <T>(read: () => Promise<T>) =>
    async () =>
      redis.status === 'ready' ? await read() : undefined;
  resources.use(observeDeadLetters(CLEANING_QUEUE, whileConnected(deadLetters.count)));
  resources.use(observeQueue(CLEANING_QUEUE, whileConnected(queueState.read)));
  const checks = {
    database: { fatal: true, check: () => database.check() },
    redis: { fatal: true, check: createRedisCheck(redis, `${prefix}:probe:worker`) },
    queue: { fatal: false, check: createQueueCheck(redis, prefix, CLEANING_QUEUE) },
    // Not fatal: dead letters do not block other jobs.
    dead_letters: { fatal: false, check: createDeadLetterCheck(deadLetters) },
  };
  const { HOTEL_HOST: host, WORKER_INTERNAL_PORT: port } = config;
  const reusePort = config.HOTEL_SHARE_PORTS === '1';
  const app = createWorkerApp({ checks, log });
  resources.use(await listen({ app, port, portName: 'WORKER_INTERNAL_PORT', host, reusePort, edge: 'continue' }));
  // Closed first.
  resources.defer(() => database.closeSoon());
}

function callbackOf({ DISPO_INTERNAL_URL: url, HOTEL_INTERNAL_TOKEN }: WorkerConfig): Callback {
  return createCallback({ url, token: tokenToSend(HOTEL_INTERNAL_TOKEN) });
}
