import { describe, expect, it } from 'vitest';
import { type BookingModel, simulateBookings } from './booking.ts';
import { fitFlush, fitOthers } from './fit.ts';
import { simulate } from './flow.ts';
import { PriorityQueue } from './queue.ts';

const costs = { dispo: 230, main: 200, postgres: 300, redis: 20, generator: 40, collector: 20 };
const base: BookingModel = {
  ...{ database: 'postgres', cores: 64, others: 0, costs, flushUs: 500 },
  ...{ replicas: 1, connections: 32, pool: 10, rooms: 1_000 },
};
const rate = (change: Partial<BookingModel>) => simulateBookings({ ...base, ...change }).perSecond;

it('a priority queue returns the smallest key first, and of equal keys the oldest', () => {
  const queue = new PriorityQueue<string>();
  for (const [key, value] of [
    [3, 'c'],
    [1, 'a'],
    [2, 'b'],
    [1, 'a, later'],
    [0, 'first'],
  ] as const)
    queue.push(key, value);
  expect(Array.from({ length: 6 }, () => queue.pop())).toEqual(['first', 'a', 'a, later', 'b', 'c', undefined]);
});

describe('a simulation', () => {
  const model = {
    ...{ cores: 4, others: 0, single: ['one'], limits: {}, clients: 8, requests: 2_000, seed: 1 },
    steps: () => [{ use: 'one', us: 100 }],
  };

  it('gives the same result for the same seed', () => {
    expect(simulate(model)).toEqual(simulate(model));
    expect(simulate({ ...model, seed: 2 })).not.toEqual(simulate(model));
  });

  it('of a process with one thread has the rate of one core', () => {
    expect(simulate(model).perSecond).toBeGreaterThan(9_500);
    expect(simulate(model).perSecond).toBeLessThan(10_500);
  });

  it('of a process with many threads has the rate of all cores', () => {
    const { perSecond } = simulate({ ...model, single: [] });
    expect(perSecond / 40_000).toBeGreaterThan(0.95);
    expect(perSecond / 40_000).toBeLessThan(1.05);
  });

  it('shares the cores with threads of other programs', () => {
    const { perSecond, othersCores } = simulate({ ...model, single: [], others: 8 });
    expect(othersCores).toBeGreaterThan(1.9);
    expect(othersCores).toBeLessThan(2.1);
    expect(perSecond / 20_000).toBeGreaterThan(0.95);
  });

  it('writes to the disk once for all requests that wait for it', () => {
    const { perSecond } = simulate({ ...model, steps: () => [{ flush: 'one', us: 1_000 }] });
    expect(perSecond / 8_000).toBeGreaterThan(0.95);
  });

  it('serves what is limited to one request after the other', () => {
    const steps = () => [{ take: 'room' }, { use: 'any', us: 500 }, { give: 'room' }];
    expect(simulate({ ...model, steps }).perSecond / 2_000).toBeGreaterThan(0.95);
    expect(simulate({ ...model, steps, limits: { room: 2 } }).perSecond / 4_000).toBeGreaterThan(0.95);
  });
});

describe('the model of bookings', () => {
  it('is as fast as the one thread of dispo on many cores', () => {
    expect(rate({ pool: 32 }) / (1e6 / costs.main)).toBeGreaterThan(0.9);
    expect(rate({ pool: 32 }) / (1e6 / costs.main)).toBeLessThan(1.1);
  });

  it('is twice as fast with twice the replicas, until the cores are used', () => {
    expect(rate({ replicas: 2, connections: 64 }) / rate({})).toBeGreaterThan(1.8);
    expect(rate({ replicas: 2, connections: 64, cores: 2 })).toBeLessThan(1.1 * (2e6 / 610));
  });

  it('is slower in one room, however many replicas there are', () => {
    expect(rate({ rooms: 1 })).toBeLessThan(rate({}) / 2);
    expect(rate({ rooms: 1, replicas: 4 })).toBeLessThan(rate({}) / 2);
  });

  it('is slower with a small pool', () => {
    expect(rate({ pool: 1 })).toBeLessThan(rate({ pool: 2 }));
    expect(rate({ pool: 2 })).toBeLessThan(rate({ pool: 10 }));
  });

  it('is fitted to other programs and to the disk', () => {
    const busy = { ...base, cores: 2 };
    const others = fitOthers(busy, 1);
    expect(Math.abs(simulateBookings({ ...busy, others }).othersCores - 1)).toBeLessThan(0.1);
    const perSecond = rate({ connections: 1, flushUs: 2_000 });
    const flushUs = fitFlush({ ...base, connections: 1 }, { perSecond, foreignCores: 0 });
    expect(flushUs / 2_000).toBeGreaterThan(0.9);
    expect(flushUs / 2_000).toBeLessThan(1.1);
  });
});
