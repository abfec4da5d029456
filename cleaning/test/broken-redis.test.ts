import { createQueueCheck, createRedisCheck } from '@hotel/redis';
import { describe, expect, it } from 'vitest';
import { eventOf } from './fixtures.ts';
import { useHarness } from './harness.ts';

const harness = useHarness();
const event = eventOf('booking.created');
const send = () => harness.queue.add(event.type, event, { jobId: event.id });
async function countOutOfMemory(): Promise<number> {
  const [, count = '0'] = /^errorstat_OOM:count=(\d+)/m.exec(await harness.redis.info('errorstats')) ?? [];
  return Number(count);
}

it('backs off from a full Redis, and processes the jobs when there is room', async () => {
  await send();
  await harness.redis.config('SET', 'maxmemory', '1');
  const before = await countOutOfMemory();
  const began = performance.now();
  harness.startWorker();
  await expect.poll(countOutOfMemory, { timeout: 60_000 }).toBeGreaterThanOrEqual(before + 8);
  // At least five of them were attempts to fetch a job; the others come from BullMQ's housekeeping.
  expect(performance.now() - began).toBeGreaterThanOrEqual(100 + 200 + 400 + 800);
  await harness.redis.config('SET', 'maxmemory', '0');
  await expect.poll(() => harness.outcomes, { timeout: 60_000 }).toEqual(['applied']);
});

it('closes a worker at once while it backs off from a full Redis', async () => {
  await send();
  await harness.redis.config('SET', 'maxmemory', '1');
  const before = await countOutOfMemory();
  const worker = harness.startWorker();
  await expect.poll(countOutOfMemory, { timeout: 60_000 }).toBeGreaterThanOrEqual(before + 3);
  await worker[Symbol.asyncDispose]();
});

it('makes no dead letter of a job whose data Redis has lost, so that its event can be sent again', async () => {
  await send();
  await harness.redis.del(harness.queue.toKey(event.id));
  harness.startWorker();
  await expect.poll(() => harness.redis.lrange(harness.queue.toKey('wait'), 0, -1)).toEqual([]);
  await expect.poll(() => harness.queue.getJobState(event.id)).toBe('unknown');
  await expect.poll(() => harness.redis.exists(harness.queue.toKey(event.id))).toBe(0);
  expect(await harness.deadLetters.count()).toBe(0);
  await send();
  await expect.poll(() => harness.outcomes).toEqual(['applied']);
});

it('leaves nothing of a processed job behind when Redis has lost its place in the list of active jobs', async () => {
  const loseActiveJobs = async () => void (await harness.redis.del(harness.queue.toKey('active')));
  const worker = harness.startWorker({ processEvent: loseActiveJobs });
  await send();
  await expect.poll(() => harness.redis.keys(`${harness.queue.toKey(event.id)}*`)).toEqual([]);
  expect(await harness.deadLetters.count()).toBe(0);
  await worker[Symbol.asyncDispose]();
});

describe('readiness', () => {
  const checkRedis = () => createRedisCheck(harness.redis, 'probe')();
  const checkQueue = () => createQueueCheck(harness.redis, harness.queue.opts.prefix ?? '', 'cleaning')();

  it('reports a Redis that is out of memory', async () => {
    expect(await checkRedis()).toBe('takes writes');
    await harness.redis.config('SET', 'maxmemory', '1');
    await expect(checkRedis()).rejects.toThrow(/takes no writes \(it is out of memory, see maxmemory\)$/);
  });

  it('reports a paused queue', async () => {
    expect(await checkQueue()).toBe('runs');
    await harness.queue.pause();
    await expect(checkQueue()).rejects.toThrow('the queue cleaning is paused');
    await harness.queue.resume();
    expect(await checkQueue()).toBe('runs');
  });

  it('reports a Redis that may evict jobs', async () => {
    await harness.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(checkQueue()).rejects.toThrow('maxmemory-policy of Redis is allkeys-lru');
    await harness.redis.config('SET', 'maxmemory-policy', 'noeviction');
  });
});
