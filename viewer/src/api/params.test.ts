import { expect, test } from 'vitest';
import { parseDuration, parseRfc3339, parseTraceId } from './params.ts';

test.each([
  ['1s', 1_000_000_000n],
  ['1.5s', 1_500_000_000n],
  ['.5ms', 500_000n],
  ['1h2m3s', 3_723_000_000_000n],
  ['2us3ns', 2003n],
  ['7µs', 7000n],
  ['-1ms', -1_000_000n],
  ['0', 0n],
])('the Go duration %s is %s ns', (text, nanos) => {
  expect(parseDuration(text)).toBe(nanos);
});

test.each(['', '5', 's', '1 s', '1d', '1s!', '1e3s', '9999999h'])('%j is not a Go duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  ['2027-01-30T09:15:00Z', 1801300500000000000n],
  ['2027-01-30T09:15:00.123456789Z', 1801300500123456789n],
  ['2027-01-30T10:15:00.5+01:00', 1801300500500000000n],
])('the time %s is %s', (text, nanos) => {
  expect(parseRfc3339(text)).toBe(nanos);
});

test.each(['', 'now', '2027-01-30', '2027-01-30T09:15:00', '2027-13-30T09:15:00Z'])(
  '%j is not an RFC 3339 time',
  (text) => {
    expect(parseRfc3339(text)).toBeUndefined();
  },
);

test('a trace id is 1 to 32 hex digits, or 16 bytes in base64', () => {
  expect(parseTraceId('1')).toBe(`${'0'.repeat(31)}1`);
  expect(parseTraceId('EjRWeJq83vD+3LqYdlQyEA==')).toBe('123456789abcdef0fedcba9876543210');
  for (const text of ['', 'xyz', 'a'.repeat(33), '-1']) expect(parseTraceId(text)).toBeUndefined();
});
