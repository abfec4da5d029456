/** The worker of these services: it validates each job and writes a row of the plan. No revisions, no callback. */
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { Worker as WorkerOnJobs } from 'bullmq';
import { config, queueTelemetry } from './config.ts';

// By `require`, which the instrumentations can patch without a loader hook; a hook would cost this worker more.
const require = createRequire(import.meta.url);
const Database = require('better-sqlite3') as typeof import('better-sqlite3');
const { Worker } = require('bullmq') as { Worker: typeof WorkerOnJobs };
const { z } = require('zod') as typeof import('zod');

const db = new Database(config.plan);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = NORMAL');
db.exec(
  'CREATE TABLE IF NOT EXISTS plan (id INTEGER PRIMARY KEY, room TEXT NOT NULL, start TEXT NOT NULL, "end" TEXT NOT NULL)',
);
const add = db.prepare('INSERT INTO plan (room, start, "end") VALUES (?, ?, ?)');
const stay = z.object({ room: z.string(), start: z.iso.date(), end: z.iso.date() });

const worker = new Worker(
  'bookings',
  async ({ data }) => {
    const { room, start, end } = stay.parse(data);
    add.run(room, start, end);
  },
  {
    connection: { host: config.redis.hostname, port: Number(config.redis.port), maxRetriesPerRequest: null },
    ...queueTelemetry(),
  },
);
await worker.waitUntilReady();

const health = createServer((_request, response) => response.end('ok')).listen(config.workerPort, '127.0.0.1');
process.once('SIGTERM', async () => {
  health.close();
  health.closeAllConnections();
  await worker.close();
  db.close();
});
