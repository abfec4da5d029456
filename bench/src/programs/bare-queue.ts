/** BullMQ alone: jobs added one by one, in bulk, and processed by an empty worker. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { serveParent } from '../helper/child.ts';

export interface QueueJob {
  port: number;
  jobs: number;
  how: 'add' | 'addBulk' | 'process';
}

const IN_FLIGHT = 32;
const BULK = 100;
const CONCURRENCY = 16;
const data = { room_id: 1, room: '101', start: '2030-01-01', end: '2030-01-02' };

async function fill(queue: Queue, jobs: number): Promise<void> {
  for (let n = 0; n < jobs; n += BULK) {
    await queue.addBulk(Array.from({ length: BULK }, () => ({ name: 'booking.created', data })));
  }
}

async function addOneByOne(queue: Queue, jobs: number): Promise<void> {
  let left = jobs;
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      while (left-- > 0) await queue.add('booking.created', data);
    }),
  );
}

async function processAll(queue: Queue, connection: { host: string; port: number }): Promise<void> {
  const worker = new Worker(queue.name, async () => {}, {
    connection: { ...connection, maxRetriesPerRequest: null },
    concurrency: CONCURRENCY,
  });
  while ((await queue.getJobCountByTypes('wait', 'active')) > 0) await sleep(5);
  await worker.close();
}

serveParent<QueueJob, Record<string, number>>({}, async ({ port, jobs, how }) => {
  const connection = { host: '127.0.0.1', port };
  const queue = new Queue(`bare-${how}`, { connection, defaultJobOptions: { removeOnComplete: true } });
  await fill(queue, 1_000);
  if (how === 'process') await fill(queue, jobs);
  const cpu = process.cpuUsage();
  const began = performance.now();
  if (how === 'add') await addOneByOne(queue, jobs);
  else if (how === 'addBulk') await fill(queue, jobs);
  else await processAll(queue, connection);
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const done = how === 'process' ? jobs + 1_000 : jobs;
  await queue.obliterate({ force: true });
  await queue.close();
  return { perSecond: done / seconds, cpuUs: (user + system) / done };
});
