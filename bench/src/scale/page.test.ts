import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulateBookings } from '../model/booking.ts';
import { coresOfOthers, isReproduced, missedPoints, modelOf, QUIET_CORES } from './fitted.ts';
import { measured } from './measured.ts';
import { amount, bytes, needsOf } from './needs.ts';
import { renderScale } from './page.ts';
import { points } from './points.ts';
import { PAGE, readPublished } from './published.ts';

const published = readPublished();
const { tables, model, conditions } = published;

it('docs/scale.md is what the generator makes of docs/scale.json; write it with `pnpm bench --report`', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(renderScale(published));
});

it('the page has no figure that is missing', () => {
  expect(renderScale(published)).not.toMatch(/NaN|Infinity|undefined|Not measured/);
});

describe('the model', () => {
  const simulated = (point: (typeof points)[number]) => {
    const others = model.points.find(({ name }) => name === point.name)?.others ?? Number.NaN;
    return simulateBookings({ ...modelOf(tables, point, conditions.cores), flushUs: model.flushUs, others }).perSecond;
  };

  it.each(points)('has the published rate of $name', (point) => {
    const published = model.points.find(({ name }) => name === point.name)?.perSecond ?? Number.NaN;
    expect(simulated(point) / published).toBeCloseTo(1, 1);
  });

  it('extrapolates only if it is within 20 % of the measured rate of every point', () => {
    const isNear = points.every((point) => {
      const ratio = simulated(point) / measured(tables, 'intake', point.name, 'perSecond');
      return ratio > 0.79 && ratio < 1.21;
    });
    expect(isReproduced(tables, model)).toBe(isNear);
    expect(/\| 32 cores \|/.test(renderScale(published))).toBe(isNear);
  });

  // A busy scheduler delays threads in ways that the model does not have.
  it.skipIf(coresOfOthers(tables) > QUIET_CORES)(
    'is within 20 % of the measured rate of every point of a run on a quiet machine',
    () => {
      expect(missedPoints(tables, model)).toEqual([]);
    },
  );
});

describe('what a rate needs', () => {
  const costs = {
    ...{ dispo: 300, worker: 600, postgres: 900, redis: 60, redisCommands: 10, queueBytes: 1_000 },
    ...{ spans: 15, otlpBytes: 4_000, storedBytes: 1_000, flushUs: 1_000 },
  };
  const needs = new Map(needsOf(costs, [1_000, 100_000]).map(({ what, values }) => [what, values]));

  it('follows from the cost of a booking, with two processes at least', () => {
    expect(needs.get('dispo, processes of one core')).toEqual(['2', '50']);
    expect(needs.get('PostgreSQL, cores')).toEqual(['2', '150']);
    expect(needs.get('spans/s, every trace')).toEqual(['15,000', '1,500,000']);
    expect(needs.get('collector cores, every trace')).toEqual(['1', '100']);
    expect(needs.get('databases, per day')).toEqual(['86 GB', '8.6 TB']);
  });

  it('is written with two digits and a unit', () => {
    expect([1_234, 0.0567].map(amount)).toEqual(['1,200', '0.057']);
    expect([999, 1_000, 999_999, 4.2e15, 0].map(bytes)).toEqual(['1 kB', '1 kB', '1 MB', '4.2 PB', '0 B']);
  });
});
