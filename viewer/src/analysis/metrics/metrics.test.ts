import { expect, test } from 'vitest';
import { CUMULATIVE, gauge, histogram, metricRequest, sum } from '../../../test/support/metrics.ts';
import { T0 } from '../../../test/support/spans.ts';
import { Ingest } from '../../otlp/ingest.ts';
import { openStores } from '../../store/stores.ts';
import { heatOf, overall } from './heat.ts';
import { linesOf } from './lines.ts';

/** One minute in six steps. */
const STEPS = { fromMs: T0, toMs: T0 + 60_000, count: 6 };

function instrumentOf(...processes: unknown[]) {
  const stores = openStores({ maxSpans: 10, maxBytes: 2 ** 24 });
  const ingest = new Ingest(stores);
  for (const [index, metric] of processes.entries()) {
    const { message } = ingest.json('metrics', JSON.stringify(metricRequest([metric], { instance: `${index}` })));
    expect(message).toBe('');
  }
  const [instrument] = stores.metrics.instruments();
  if (instrument === undefined) throw new Error('no instrument');
  return instrument;
}

test('a counter of two processes is their sum per second, and knows nothing before its first point', () => {
  const first = sum('requests', CUMULATIVE, { at: 20, from: 10, value: 10 }, { at: 40, from: 10, value: 50 });
  const second = sum('requests', CUMULATIVE, { at: 40, from: 30, value: 30 });
  const [line] = linesOf(instrumentOf(first, second), STEPS);
  expect(line).toEqual({ label: '', values: [undefined, 1, 2, 5, undefined, undefined], last: 5, processes: 2 });
});

test('a counter that was set back by a restart continues, and never shows a negative rate', () => {
  const points = [
    { at: 10, from: 0, value: 20 },
    { at: 30, from: 20, value: 10 },
  ];
  const [line] = linesOf(instrumentOf(sum('requests', CUMULATIVE, ...points)), STEPS);
  expect(line?.values.slice(0, 3)).toEqual([2, undefined, 1]);
});

test('a gauge of two processes is their mean, and each set of attributes is a line, the largest first', () => {
  const of = (value: number, pool: string) => gauge('memory', { at: 5, value, attributes: { pool } });
  const lines = linesOf(instrumentOf(of(2, 'old'), of(4, 'old'), of(9, 'new')), STEPS);
  expect(lines.map(({ label, last }) => [label, last])).toEqual([
    ['pool=new', 9],
    ['pool=old', 3],
  ]);
});

test('a histogram becomes counts by size and time, without the empty rows around them', () => {
  const points = [
    { at: 10, counts: [0, 4, 0, 0] },
    { at: 20, counts: [0, 4, 2, 0] },
  ];
  const heat = heatOf(instrumentOf(histogram('duration', CUMULATIVE, ...points)), STEPS);
  expect(heat.edges).toEqual([0.01, 0.1, 1]);
  expect(heat.cells.map((row) => row.slice(0, 3))).toEqual([
    [4, 0, 0],
    [0, 2, 0],
  ]);
  expect([heat.count, heat.most]).toEqual([6, 4]);
  expect(overall(heat, 0.5)).toBeCloseTo(0.01 + 0.09 * 0.75);
});

test('histograms with other bounds are shown together', () => {
  const heat = heatOf(
    instrumentOf(
      histogram('duration', CUMULATIVE, { at: 10, counts: [1, 1], bounds: [1] }),
      histogram('duration', CUMULATIVE, { at: 10, counts: [1, 1, 1], bounds: [0.5, 2] }),
    ),
    STEPS,
  );
  expect(heat.edges).toEqual([Number.NEGATIVE_INFINITY, 0.5, 1, 2, Number.POSITIVE_INFINITY]);
  expect(heat.cells.map(([count]) => count)).toEqual([1, 1, 1, 2]);
});
