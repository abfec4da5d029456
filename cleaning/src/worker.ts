import { CLEANING_QUEUE } from '@hotel/contracts';
import { tokenToSend } from '@hotel/http';
import { connectRedis, createQueueCheck, createRedisCheck, listen, run } from '@hotel/runtime';
import { observeDeadLetters } from '@hotel/telemetry';
import { createWorkerApp } from './app.ts';
import { loadWorkerConfig } from './config.ts';
import { openDatabase } from './database.ts';
import { createFacts } from './events.ts';
import { startForgetting } from './history/history.ts';
import { createPlanRepository } from './plan/repository.ts';
import { startBurial } from './queue/burial.ts';
import { createConfirm, createTellFailed } from './queue/confirm.ts';
import { startConsumer } from './queue/consumer.ts';
import { createDeadLetterCheck, createDeadLetters } from './queue/dead-letters.ts';
import { createHandle } from './queue/handle.ts';

await run('cleaning-worker', loadWorkerConfig, async (config, resources, log) => {
  const now = () => new Date();
  const sqlite = resources.use(await openDatabase(config));
  resources.use(startForgetting({ sqlite, now, log }));
  const redis = resources.use(connectRedis(config.REDIS_URL, log, { forWorker: true }));
  const dispo = { url: config.DISPO_INTERNAL_URL, token: tokenToSend(config.HOTEL_INTERNAL_TOKEN) };
  const where = { redis, prefix: config.HOTEL_QUEUE_PREFIX };
  const deadLetters = resources.use(createDeadLetters(where));
  resources.use(observeDeadLetters(CLEANING_QUEUE, deadLetters.count));
  const burial = resources.use(startBurial({ ...where, deadLetters, tellFailed: createTellFailed(dispo), log }));
  const checks = {
    database: { fatal: true, check: () => sqlite.check() },
    redis: { fatal: true, check: createRedisCheck(redis, `${where.prefix}:probe:worker`) },
    queue: { fatal: false, check: createQueueCheck(redis, where.prefix, CLEANING_QUEUE) },
    // Not fatal: dead letters do not block other jobs.
    dead_letters: { fatal: false, check: createDeadLetterCheck(deadLetters) },
  };
  resources.use(
    startConsumer({
      ...where,
      concurrency: config.WORKER_CONCURRENCY,
      relation: config.HOTEL_QUEUE_TRACE,
      lockMs: config.HOTEL_JOB_LOCK_MS,
      handle: createHandle({
        plan: createPlanRepository(sqlite, now),
        confirm: createConfirm(dispo),
        facts: createFacts(log),
      }),
      deadLetters,
      burial,
      log,
    }),
  );
  const { HOTEL_HOST: host, WORKER_INTERNAL_PORT: port } = config;
  resources.use(
    await listen({
      app: createWorkerApp({ checks, log }),
      port,
      portName: 'WORKER_INTERNAL_PORT',
      host,
      edge: 'continue',
    }),
  );
});
