import { expect, it } from 'vitest';
import { createBackoff } from './backoff.ts';

it('allows the first retry at once, then after delays that double up to five minutes', () => {
  let time = 0;
  const backoff = createBackoff(() => time);
  const pauses = Array.from({ length: 12 }, () => {
    const noted = time;
    backoff.note('a');
    while (!backoff.isDue('a')) time += 1_000;
    return (time - noted) / 1_000;
  });
  expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(backoff.count('a')).toBe(12);
});

it('tracks each item separately, and forgets an item on request', () => {
  const backoff = createBackoff(() => 0);
  backoff.note('a');
  backoff.note('a');
  expect([backoff.isDue('a'), backoff.isDue('b'), backoff.count('b')]).toEqual([false, true, 0]);
  backoff.forget('a');
  expect([backoff.isDue('a'), backoff.count('a')]).toEqual([true, 0]);
});
