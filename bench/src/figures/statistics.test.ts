import { expect, it } from 'vitest';
import { median, percentile } from './statistics.ts';

it('the median is the middle value or the mean of the middle two, and does not reorder its input', () => {
  const values = [10, 1, 5];
  expect(median(values)).toBe(5);
  expect(values).toEqual([10, 1, 5]);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBe(0);
});

it('a percentile is a measured value, and the last one is the largest', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(percentile(values, 0.5)).toBe(50);
  expect(percentile(values, 0.99)).toBe(99);
  expect(percentile(values, 1)).toBe(100);
  expect(percentile([7], 0.01)).toBe(7);
  expect(percentile([], 0.5)).toBe(0);
});
