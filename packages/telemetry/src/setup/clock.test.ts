import { afterEach, expect, it, vi } from 'vitest';
import { now } from './clock.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const msOf = ([seconds, nanoseconds]: [number, number]) => seconds * 1_000 + nanoseconds / 1e6;

it('is a time of the system, in whole seconds and nanoseconds below one', () => {
  const [seconds, nanoseconds] = now();
  expect(new Date(seconds * 1_000).getUTCFullYear()).toBe(new Date().getUTCFullYear());
  expect(Number.isInteger(seconds) && Number.isInteger(nanoseconds)).toBe(true);
  expect(nanoseconds).toBeGreaterThanOrEqual(0);
  expect(nanoseconds).toBeLessThan(1e9);
});

it('tells two moments apart that lie within one millisecond', () => {
  const times = Array.from({ length: 200 }, () => msOf(now()));
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBeGreaterThan(new Set(times.map(Math.floor)).size);
});

it('does not take a sleep between its looks at the two clocks for a drift', () => {
  now();
  vi.spyOn(Date, 'now').mockReturnValueOnce(Date.now() + 300);
  const time = msOf(now());
  expect(time).toBeLessThan(Date.now() + 1);
  expect(msOf(now())).toBeGreaterThanOrEqual(time);
});

it('follows the clock of the system when somebody sets it', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  for (const time of ['2030-05-01T00:00:00Z', '2020-05-01T00:00:00Z']) {
    vi.setSystemTime(new Date(time));
    expect(new Date(msOf(now())).toISOString().slice(0, 10)).toBe(time.slice(0, 10));
  }
});
