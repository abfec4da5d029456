import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { provideRedis, type RedisServer } from '@hotel/system';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEventQueue, type EventQueue } from '../src/outbox/queue.ts';

let dataDir: string;
let server: RedisServer;
let redis: Redis;
let jobs: Queue;
let queue: EventQueue;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-dispo-queue-'));
  server = await provideRedis({ dataDir });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  jobs = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'test' });
  queue = createEventQueue({ redis, prefix: 'test', backoffMs: 500 });
  await new Promise<void>((resolve) => queue.onReady(resolve));
});
afterAll(async () => {
  await queue?.[Symbol.asyncDispose]();
  await jobs?.close();
  redis?.disconnect();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

it('a job that a wrong clock has put off by a day is made due, and one that waits for its retry is left alone', async () => {
  await jobs.add('booking.created', {}, { jobId: 'tomorrow', delay: 86_400_000 });
  await jobs.add('booking.created', {}, { jobId: 'soon', delay: 60_000 });
  expect(await queue.hasten()).toBe(1);
  expect(await jobs.getJobState('tomorrow')).toBe('waiting');
  expect(await jobs.getJobState('soon')).toBe('delayed');
  expect(await queue.hasten()).toBe(0);
});
