import { expect, it } from 'vitest';
import { grownCounts } from './record.ts';

const record = {
  spans: 8,
  otlpBytes: 2_800,
  allocatedTraced: 120_000,
  allocatedUntraced: 93_000,
  logBytes: 190,
};

it('tolerates what differs from run to run', () => {
  expect(grownCounts({ ...record, allocatedTraced: 125_000, otlpBytes: 2_900, spans: 8.1 }, record)).toEqual([]);
});

it('names each count that has grown', () => {
  expect(grownCounts({ ...record, spans: 9, allocatedUntraced: 99_000 }, record)).toEqual([
    'spans: 9 instead of 8',
    'allocatedUntraced: 99000 instead of 93000',
  ]);
});
