import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLEANING_QUEUE, DEAD_LETTER_QUEUE } from '@hotel/contracts';
import { provideRedis, type RedisServer } from '@hotel/system';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEventQueue, type EventQueue } from '../src/outbox/queue.ts';
import { eventNamed } from './outbox.ts';

const MAX_JOBS = 150;

let dataDir: string;
let server: RedisServer;
let redis: Redis;
let jobs: Queue;
let deadLetters: Queue;
let queue: EventQueue;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-dispo-queue-'));
  server = await provideRedis({ dataDir });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  jobs = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'test' });
  deadLetters = new Queue(DEAD_LETTER_QUEUE, { connection: redis, prefix: 'test' });
  queue = createEventQueue({ redis, prefix: 'test', backoffMs: 500, maxJobs: MAX_JOBS });
  await new Promise<void>((resolve) => queue.onReady(resolve));
});
afterAll(async () => {
  await queue?.[Symbol.asyncDispose]();
  await deadLetters?.close();
  await jobs?.close();
  redis?.disconnect();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(async () => {
  await redis.flushdb();
  await redis.config('SET', 'maxmemory', '0');
});

const NOTHING = { missing: [], orphaned: [] };
const lost = (id: string) => queue.inspect().lost([id]);
const publish = (id: string) => queue.publish(eventNamed(id));
const publishMany = (count: number) =>
  queue.publishAll(Array.from({ length: count }, (_, i) => eventNamed(`event-${String(i).padStart(4, '0')}`)));
/** Limits Redis's memory so that it already uses this share. */
async function limitMemory(part: number): Promise<void> {
  const [, used = ''] = /^used_memory:(\d+)/m.exec(await redis.info('memory')) ?? [];
  await redis.config('SET', 'maxmemory', String(Math.ceil(Number(used) / part)));
}

describe('a published event is not lost while its job', () => {
  it.each([
    ['waits', async () => {}],
    ['waits in a paused queue', () => jobs.pause()],
    ['is active', () => redis.rpoplpush(jobs.toKey('wait'), jobs.toKey('active'))],
    ['waits for its retry', () => moveTo('delayed')],
    ['has failed, and waits for its move to the dead letters', () => moveTo('failed')],
    ['is a dead letter', toDeadLetters],
  ])('%s', async (_, move) => {
    await publish('event-1');
    await move();
    expect(await lost('event-1')).toEqual(NOTHING);
    await jobs.resume();
  });

  async function moveTo(set: string): Promise<void> {
    await redis.lrem(jobs.toKey('wait'), 1, 'event-1');
    await redis.zadd(jobs.toKey(set), 1, 'event-1');
  }
});

async function toDeadLetters(): Promise<void> {
  await jobs.remove('event-1');
  await deadLetters.add('booking.created', {}, { jobId: 'event-1' });
}

describe('a published event is lost when', () => {
  it.each([
    ['Redis has forgotten it', () => redis.flushdb()],
    ['its job is gone and its place in the list is left', () => redis.del(jobs.toKey('event-1'))],
  ])('%s', async (_, lose) => {
    await publish('event-1');
    await lose();
    expect(await lost('event-1')).toEqual({ missing: ['event-1'], orphaned: [] });
  });

  it.each([
    ['the list of waiting jobs is gone', () => redis.del(jobs.toKey('wait'))],
    ['its place in the list is gone', () => redis.lrem(jobs.toKey('wait'), 1, 'event-1')],
    ['the list of taken jobs is gone', () => loseActive()],
    ['its job is kept as a completed one, which nobody confirmed', () => complete()],
  ])('%s: the job is removed, so that it can be published again', async (_, lose) => {
    await publish('event-1');
    await lose();
    expect(await lost('event-1')).toEqual({ missing: [], orphaned: ['event-1'] });
    await publish('event-1');
    expect(await jobs.getJobState('event-1')).toBe('waiting');
  });

  it('its dead letter is in no list, so that nothing would find it', async () => {
    await publish('event-1');
    await toDeadLetters();
    await redis.del(deadLetters.toKey('wait'));
    expect(await lost('event-1')).toEqual({ missing: [], orphaned: ['event-1'] });
    expect(await deadLetters.getJob('event-1')).toBeUndefined();
  });

  async function loseActive(): Promise<void> {
    await redis.rpoplpush(jobs.toKey('wait'), jobs.toKey('active'));
    await redis.del(jobs.toKey('active'));
  }

  async function complete(): Promise<void> {
    await redis.lrem(jobs.toKey('wait'), 1, 'event-1');
    await redis.zadd(jobs.toKey('completed'), 1, 'event-1');
  }

  it('but not while a worker has its job locked', async () => {
    await publish('event-1');
    await redis.set(jobs.toKey('event-1:lock'), 'token');
    await redis.del(jobs.toKey('wait'));
    expect(await lost('event-1')).toEqual(NOTHING);
  });
});

describe('the capacity of the queue', () => {
  it('counts jobs in any state, from any producer', async () => {
    await publishMany(3);
    await redis.rpoplpush(jobs.toKey('wait'), jobs.toKey('active'));
    await jobs.add('booking.created', {}, { delay: 60_000 });
    await jobs.add('foreign', {});
    expect(await queue.capacity()).toMatchObject({ room: MAX_JOBS - 5, isScarce: false, isFull: false });
  });

  it('is zero at the limit', async () => {
    await publishMany(MAX_JOBS + 10);
    expect(await queue.capacity()).toMatchObject({ room: 0, isFull: false });
  });

  it('is small while memory is scarce', async () => {
    await publishMany(40);
    await limitMemory(0.8);
    const { room, ...rest } = await queue.capacity();
    expect(rest).toMatchObject({ isScarce: true, isFull: false });
    expect(room).toBeGreaterThan(0);
    // At most a hundred jobs in half of the free memory.
    expect(room).toBeLessThanOrEqual(60);
  });

  it('is zero when Redis is out of memory', async () => {
    await redis.config('SET', 'maxmemory', '1');
    expect(await queue.capacity()).toEqual({ room: 0, isScarce: true, isFull: true, toKeep: 0 });
  });

  it('cannot be determined while Redis rejects writes for another reason', async () => {
    await redis.replicaof('127.0.0.1', '1');
    await expect(queue.capacity()).rejects.toThrow('READONLY');
    await redis.replicaof('NO', 'ONE');
  });
});

describe('making room in a full Redis', () => {
  it('takes the newest jobs first and keeps the oldest for the workers', async () => {
    await publishMany(120);
    const newest = (skip: number, count: number) => queue.newestWaiting({ skip, count, toKeep: 100 });
    expect((await newest(0, 5)).at(0)).toBe('event-0119');
    expect(await newest(0, 500)).toHaveLength(20);
    expect((await newest(15, 500)).at(-1)).toBe('event-0100');
    expect(await newest(20, 500)).toEqual([]);
  });

  it('works without free memory, and skips jobs that are locked or have a dead letter', async () => {
    await publishMany(3);
    await redis.set(jobs.toKey('event-0001:lock'), 'token');
    await deadLetters.add('booking.created', {}, { jobId: 'event-0002' });
    await redis.config('SET', 'maxmemory', '1');
    expect(await queue.withdraw(['event-0000', 'event-0001', 'event-0002'])).toEqual(['event-0000']);
    expect(await jobs.getJob('event-0000')).toBeUndefined();
  });
});

it('promotes a job that a wrong clock delayed by a day, but not one that is waiting for its retry', async () => {
  await jobs.add('booking.created', {}, { jobId: 'tomorrow', delay: 86_400_000 });
  await jobs.add('booking.created', {}, { jobId: 'soon', delay: 60_000 });
  expect(await queue.promoteOverdue()).toBe(1);
  expect(await jobs.getJobState('tomorrow')).toBe('waiting');
  expect(await jobs.getJobState('soon')).toBe('delayed');
  expect(await queue.promoteOverdue()).toBe(0);
});
