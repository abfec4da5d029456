import { expect, it } from 'vitest';
import { createResends } from './resends.ts';

it('lets an event be sent again at once, then after pauses that double up to five minutes', () => {
  let time = 0;
  const resends = createResends(() => time);
  const pauses = Array.from({ length: 12 }, () => {
    const noted = time;
    resends.note('a');
    while (!resends.isDue('a')) time += 1_000;
    return (time - noted) / 1_000;
  });
  expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
  expect(resends.count('a')).toBe(12);
});

it('knows of no other event', () => {
  const resends = createResends(() => 0);
  resends.note('a');
  resends.note('a');
  expect([resends.isDue('a'), resends.isDue('b'), resends.count('b')]).toEqual([false, true, 0]);
});
