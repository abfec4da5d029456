import { afterEach, describe, expect, test } from 'vitest';
import { colourClass } from './colour.ts';
import {
  formatAgo,
  formatBytes,
  formatCount,
  formatDuration,
  formatTime,
  formatZone,
  percent,
  wrapAtDots,
} from './format.ts';

test.each([
  [0n, '0 ns'],
  [999n, '999 ns'],
  [1500n, '1.50 µs'],
  [8_400_000n, '8.40 ms'],
  [31_000_000n, '31.0 ms'],
  [250_000_000n, '250 ms'],
  [59_900_000_000n, '59.9 s'],
  [61_000_000_000n, '1 min 1 s'],
  [7_500_000_000_000n, '2 h 5 min'],
  [18_446_744_073_709_551_615n, '213503 d 23 h'],
])('%s ns are %s', (nanos, text) => {
  expect(formatDuration(nanos)).toBe(text);
});

test('formats times relative to now', () => {
  const now = new Date(1_000_000_000);
  const before = (seconds: number): string => formatAgo(BigInt(now.getTime() - seconds * 1000) * 1_000_000n, now);
  expect([-60, 0, 5, 150, 7200, 200_000].map(before)).toEqual([
    'in the future',
    'just now',
    '5 s ago',
    '2 min ago',
    '2 h ago',
    '2 d ago',
  ]);
});

test('formats counts and sizes', () => {
  expect(formatCount(1, 'span')).toBe('1 span');
  expect(formatCount(12_345, 'span')).toBe('12,345 spans');
  expect([900, 20_000, 5_000_000, 268_435_456].map(formatBytes)).toEqual(['900 B', '20 KiB', '4.8 MiB', '256 MiB']);
});

test('limits shares to 0 to 100 percent', () => {
  expect([-1, 0.5, 7].map(percent)).toEqual(['0.000%', '50.000%', '100.000%']);
});

test('a service has a stable colour, and those of the hotel differ', () => {
  const services = ['dispo', 'cleaning', 'cleaning-worker'];
  expect(services.map(colourClass)).toEqual(['c5', 'c12', 'c3']);
});

describe('a time', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test.each([
    ['UTC', '2027-01-30 09:15:00.000', 'UTC'],
    ['Asia/Kolkata', '2027-01-30 14:45:00.000', 'UTC+05:30'],
    ['America/New_York', '2027-01-30 04:15:00.000', 'UTC−05:00'],
  ])('is shown in the time zone of the process with its offset: %s', (name, time, offset) => {
    process.env.TZ = name;
    const at = BigInt(Date.UTC(2027, 0, 30, 9, 15)) * 1_000_000n;
    expect([formatTime(at), formatZone(at)]).toEqual([time, offset]);
  });
});

test.each([
  ['db.collection.name', 'db.<wbr>collection.<wbr>name'],
  ['error', 'error'],
  ['.a..b.', '.<wbr>a.<wbr>.<wbr>b.'],
  ['x'.repeat(45), `${'x'.repeat(30)}<wbr>${'x'.repeat(15)}`],
  ['<b>.c', '&lt;b&gt;.<wbr>c'],
  ['', ''],
])('the key %j wraps after dots, and only very long parts wrap elsewhere', (key, markup) => {
  expect(wrapAtDots(key).join('')).toBe(markup);
});
