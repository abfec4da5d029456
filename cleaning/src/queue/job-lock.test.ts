import { EventEmitter } from 'node:events';
import type { RedisClient } from '@hotel/redis';
import type { Job } from 'bullmq';
import { expect, it } from 'vitest';
import { createJobLock, LockLostError } from './job-lock.ts';

const LOCK_MS = 10_000;

function lockOf({ ageMs, extend }: { ageMs: number; extend: () => Promise<number> }, status = 'ready') {
  const redis = Object.assign(new EventEmitter(), { status });
  const job = { processedOn: Date.now() - ageMs, extendLock: extend };
  const lock = createJobLock(redis as unknown as RedisClient, job as unknown as Job<unknown>, 'token', LOCK_MS);
  return { lock, redis };
}

it('asks Redis only when the lock of an attempt may have expired', async () => {
  let asked = 0;
  const extend = async () => ++asked;
  await lockOf({ ageMs: 0, extend }).lock.require();
  expect(asked).toBe(0);
  await lockOf({ ageMs: LOCK_MS, extend }).lock.require();
  expect(asked).toBe(1);
});

it('rejects when another worker has the lock', async () => {
  const { lock } = lockOf({ ageMs: LOCK_MS, extend: async () => 0 });
  await expect(lock.require()).rejects.toThrow(LockLostError);
});

it('rejects without waiting for Redis when it is not connected', async () => {
  const extend = () => new Promise<number>(() => {});
  await expect(lockOf({ ageMs: LOCK_MS, extend }, 'reconnecting').lock.require()).rejects.toThrow(LockLostError);
  const { lock, redis } = lockOf({ ageMs: LOCK_MS, extend });
  const required = lock.require();
  redis.emit('close');
  await expect(required).rejects.toThrow(LockLostError);
});
