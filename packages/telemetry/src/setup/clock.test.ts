import { afterEach, expect, it, vi } from 'vitest';
import { now } from './clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const msOf = ([seconds, nanoseconds]: [number, number]) => seconds * 1_000 + nanoseconds / 1e6;

it('returns the system time as whole seconds and nanoseconds', () => {
  const [seconds, nanoseconds] = now();
  expect(new Date(seconds * 1_000).getUTCFullYear()).toBe(new Date().getUTCFullYear());
  expect(Number.isInteger(seconds) && Number.isInteger(nanoseconds)).toBe(true);
  expect(nanoseconds).toBeGreaterThanOrEqual(0);
  expect(nanoseconds).toBeLessThan(1e9);
});

it('distinguishes moments within one millisecond', () => {
  const times = Array.from({ length: 200 }, () => msOf(now()));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(new Set(times.map(Math.floor)).size);
});

it('does not mistake a pause between reading the two clocks for drift', () => {
  now();
  vi.spyOn(Date, 'now').mockReturnValueOnce(Date.now() + 300);
  const time = msOf(now());
  expect(time).toBeLessThan(Date.now() + 1);
  expect(msOf(now())).toBeGreaterThanOrEqual(time);
});

it('follows the system clock when it is set', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const time of ['2030-05-01T00:00:00Z', '2020-05-01T00:00:00Z']) {
    vi.setSystemTime(new Date(time));
    expect(new Date(msOf(now())).toISOString().slice(0, 10)).toBe(time.slice(0, 10));
  }
});
