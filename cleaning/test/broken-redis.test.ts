import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createQueueCheck, createRedisCheck } from '@hotel/runtime';
import { provideRedis, type RedisServer } from '@hotel/system';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './stage.ts';
import { eventOf } from './stand.ts';

let redisServer: RedisServer;
let redisDir: string;
let stage: Stage;

beforeAll(async () => {
  redisDir = await mkdtemp(join(tmpdir(), 'hotel-cleaning-redis-'));
  redisServer = await provideRedis({ dataDir: redisDir });
});
afterAll(async () => {
  await redisServer?.stop();
  await rm(redisDir, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  stage = await openStage(redisServer.url, `test-${task.id}`);
});
afterEach(async () => {
  await stage.redis.config('SET', 'maxmemory', '0');
  await stage[Symbol.asyncDispose]();
});

const event = eventOf('booking.created');
const send = () => stage.queue.add(event.type, event, { jobId: event.id });
async function countOutOfMemory(): Promise<number> {
  const [, count = '0'] = /^errorstat_OOM:count=(\d+)/m.exec(await stage.redis.info('errorstats')) ?? [];
  return Number(count);
}

it('the worker backs off from a full Redis, and processes its jobs when there is room', async () => {
  await send();
  await stage.redis.config('SET', 'maxmemory', '1');
  const before = await countOutOfMemory();
  const began = performance.now();
  stage.startWorker();
  await expect.poll(countOutOfMemory, { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 8);
  // At least five of them were attempts to fetch a job; the others come from BullMQ's housekeeping.
  expect(performance.now() - began).toBeGreaterThanOrEqual(100 + 200 + 400 + 800);
  await stage.redis.config('SET', 'maxmemory', '0');
  await expect.poll(() => stage.outcomes, { timeout: 30_000 }).toEqual(['applied']);
});

it('a worker that backs off from a full Redis closes at once', async () => {
  await send();
  await stage.redis.config('SET', 'maxmemory', '1');
  const before = await countOutOfMemory();
  const worker = stage.startWorker();
  await expect.poll(countOutOfMemory, { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 3);
  await worker.dispose();
});

it('a job whose data Redis has lost does not become a dead letter, and its event can be sent again', async () => {
  await send();
  await stage.redis.del(stage.queue.toKey(event.id));
  stage.startWorker();
  await expect.poll(() => stage.redis.lrange(stage.queue.toKey('wait'), 0, -1)).toEqual([]);
  await expect.poll(() => stage.queue.getJobState(event.id)).toBe('unknown');
  await expect.poll(() => stage.redis.exists(stage.queue.toKey(event.id))).toBe(0);
  expect(await stage.deadLetters.count()).toBe(0);
  await send();
  await expect.poll(() => stage.outcomes).toEqual(['applied']);
});

describe('readiness', () => {
  const checkRedis = () => createRedisCheck(stage.redis, 'probe')();
  const checkQueue = () => createQueueCheck(stage.redis, stage.queue.opts.prefix ?? '', 'cleaning')();

  it('reports a Redis that is out of memory', async () => {
    expect(await checkRedis()).toBe('takes writes');
    await stage.redis.config('SET', 'maxmemory', '1');
    await expect(checkRedis()).rejects.toThrow(/takes no writes \(it is out of memory, see maxmemory\)$/);
  });

  it('reports a paused queue', async () => {
    expect(await checkQueue()).toBe('runs');
    await stage.queue.pause();
    await expect(checkQueue()).rejects.toThrow('the queue cleaning is paused');
    await stage.queue.resume();
    expect(await checkQueue()).toBe('runs');
  });

  it('reports a Redis that may evict jobs', async () => {
    await stage.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(checkQueue()).rejects.toThrow('maxmemory-policy of Redis is allkeys-lru');
    await stage.redis.config('SET', 'maxmemory-policy', 'noeviction');
  });
});
