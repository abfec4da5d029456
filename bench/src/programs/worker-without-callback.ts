/**
 * cleaning-worker built from cleaning's own modules, but without the callback to dispo: shows how much of a job is the callback.
 * Not a setting of the worker: in production dispo would send every event again without end.
 */

import { createServer } from 'node:http';
import { connectRedis, run } from '@hotel/runtime';
import { loadWorkerConfig } from 'cleaning/src/config.ts';
import { openDatabase } from 'cleaning/src/database.ts';
import { createFacts } from 'cleaning/src/events.ts';
import { createPlanRepository } from 'cleaning/src/plan/repository.ts';
import { startBurial } from 'cleaning/src/queue/burial.ts';
import { startConsumer } from 'cleaning/src/queue/consumer.ts';
import { createDeadLetters } from 'cleaning/src/queue/dead-letters.ts';
import { createHandle } from 'cleaning/src/queue/handle.ts';

await run('cleaning-worker', loadWorkerConfig, async (config, resources, log) => {
  const sqlite = resources.use(await openDatabase(config));
  const redis = resources.use(connectRedis(config.REDIS_URL, log, { forWorker: true }));
  const where = { redis, prefix: config.HOTEL_QUEUE_PREFIX };
  const deadLetters = resources.use(createDeadLetters(where));
  const burial = resources.use(startBurial({ ...where, deadLetters, tellFailed: async () => {}, log }));
  resources.use(
    startConsumer({
      ...where,
      concurrency: config.WORKER_CONCURRENCY,
      relation: config.HOTEL_QUEUE_TRACE,
      lockMs: config.HOTEL_JOB_LOCK_MS,
      handle: createHandle({
        plan: createPlanRepository(sqlite, () => new Date()),
        confirm: async () => {},
        facts: createFacts(log),
      }),
      deadLetters,
      burial,
      log,
    }),
  );
  const ready = createServer((_, response) => response.end()).listen(config.WORKER_INTERNAL_PORT, '127.0.0.1');
  resources.defer(() => {
    ready.close();
    ready.closeAllConnections();
  });
});
