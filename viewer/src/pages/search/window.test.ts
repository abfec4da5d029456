import { expect, test } from 'vitest';
import { BadParameter } from '../../api/params.ts';
import { LOOKBACKS, lookbackName, lookbackSeconds, readWindow } from './window.ts';

const NOW = new Date('2027-01-30T09:15:00Z');
const read = (fields: { lookback?: string; start?: string; end?: string }) =>
  readWindow({ lookback: '1h', start: '', end: '', ...fields }, NOW);
const nanos = (time: string): bigint => BigInt(Date.parse(time)) * 1_000_000n;

test.each([
  ['30m', 1800],
  ['2h', 7200],
  ['24h', 86_400],
  ['5d', 432_000],
  ['4w', 2_419_200],
])('the lookback %s is %d seconds', (lookback, seconds) => {
  expect(lookbackSeconds(lookback)).toBe(seconds);
  expect(read({ lookback })).toEqual({ startMin: nanos(NOW.toISOString()) - BigInt(seconds) * 1_000_000_000n });
});

test('every lookback of the form has a name', () => {
  expect(LOOKBACKS.map(lookbackName).slice(0, 4)).toEqual([
    'last 5 minutes',
    'last 15 minutes',
    'last 30 minutes',
    'last hour',
  ]);
});

test('start and end in microseconds override the lookback', () => {
  const [start, end] = ['1801300500000000', '1801300560000000'];
  const window = { startMin: nanos('2027-01-30T09:15:00Z'), startMax: nanos('2027-01-30T09:16:00Z') };
  expect(read({ lookback: 'custom', start, end })).toEqual(window);
  expect(read({ start, end })).toEqual(window);
});

test.each([
  { lookback: 'soon' },
  { lookback: '-1h' },
  { lookback: 'custom' },
  { start: 'x' },
  { end: '-4' },
  { start: '2', end: '1' },
])('the window %j is rejected', (fields) => {
  expect(() => read(fields)).toThrow(BadParameter);
});
