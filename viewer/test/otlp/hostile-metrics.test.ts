import { expect, test } from 'vitest';
import { heatOf } from '../../src/analysis/metrics/heat.ts';
import type { Origin } from '../../src/model.ts';
import { originOf } from '../../src/otlp/decode/origin.ts';
import { Ingest } from '../../src/otlp/ingest.ts';
import { openStores } from '../../src/store/stores.ts';
import { CUMULATIVE, DELTA, exponential, gauge, histogram, metricRequest } from '../support/metrics.ts';
import { T0 } from '../support/spans.ts';

function open(maxBytes = 2 ** 26) {
  const stores = openStores({ maxSpans: 10, maxBytes });
  const ingest = new Ingest(stores);
  const send = (...metrics: unknown[]) => ingest.json('metrics', JSON.stringify(metricRequest(metrics)));
  return { stores, send };
}

const increasing = (count: number, from = 0) => Array.from({ length: count }, (_, n) => from + n + 1);
/** With an unknown start, the first point is only the beginning of a stream. */
const unknownStart = ({ histogram: { dataPoints, ...rest }, ...metric }: ReturnType<typeof histogram>) => ({
  ...metric,
  histogram: { ...rest, dataPoints: dataPoints.map((point) => ({ ...point, startTimeUnixNano: '0' })) },
});

test('the points that streams begin with count towards the limit of bytes', () => {
  const { stores, send } = open(2_000_000);
  const bounds = increasing(9_999);
  for (let stream = 0; stream < 40; stream++) {
    const point = { at: 5, bounds, counts: [...bounds, 0], attributes: { stream: `${stream}` } };
    expect(send(unknownStart(histogram('large', CUMULATIVE, point))).rejected).toBe(0);
  }
  const { streams, evictedStreams, bytes } = stores.stats();
  expect(bytes).toBeLessThanOrEqual(2_000_000);
  expect(streams + evictedStreams).toBe(40);
  expect(streams).toBeLessThan(15);
});

test('the names of streams count towards the limit of bytes', () => {
  const { stores, send } = open();
  const bytesWith = (text: string) => {
    const before = stores.stats().bytes;
    send({ ...gauge(`level of ${text.length}`, { at: 5, value: 1 }), unit: text, description: text });
    return stores.stats().bytes - before;
  };
  expect(bytesWith('x'.repeat(1_000)) - bytesWith('x')).toBeGreaterThan(2 * 3 * 999);
});

test.each([
  [
    'a histogram of too many buckets',
    histogram('large', DELTA, { at: 5, bounds: increasing(10_000), counts: increasing(10_001) }),
    /10000 buckets/,
  ],
  ['a long unit', { ...gauge('level', { at: 5, value: 1 }), unit: 'x'.repeat(1_025) }, /at most 1024 characters/],
  ['a long name', gauge('x'.repeat(1_025), { at: 5, value: 1 }), /at most 1024 characters/],
])('%s is rejected', (_, metric, reason) => {
  const { stores, send } = open();
  expect(send(metric)).toMatchObject({ rejected: 1, message: expect.stringMatching(reason) });
  expect(stores.stats()).toMatchObject({ streams: 0, bytes: 0 });
});

test('a chart of thousands of different bounds has few rows, and every value is in one', () => {
  const { stores, send } = open();
  const points = Array.from({ length: 20 }, (_, n) => {
    const bounds = increasing(500, 500 * n);
    return { at: n + 1, from: n, bounds, counts: [...bounds.map(() => 1), 2] };
  });
  expect(send(histogram('wait', DELTA, ...points)).rejected).toBe(0);
  const [instrument] = stores.metrics.instruments();
  const heat = heatOf(instrument ?? expect.fail(), { fromMs: T0, toMs: T0 + 60_000, count: 6 });
  expect(heat.cells.length).toBeLessThanOrEqual(25);
  expect(Math.round(heat.count)).toBe(20 * 502);
});

test('the bounds of an exponential histogram stay finite when its buckets are merged', () => {
  const { stores, send } = open();
  const counts = Array.from({ length: 2_000 }, (_, n) => (n === 0 || n === 1_999 ? 1 : 0));
  expect(send(exponential('wait', DELTA, [{ at: 5, scale: 0, offset: -977, counts }])).rejected).toBe(0);
  const [interval] = stores.metrics.instruments()[0]?.series[0]?.intervals ?? [];
  expect(interval?.buckets?.bounds.every(Number.isFinite)).toBe(true);
  expect(interval?.buckets?.counts.reduce((sum, count) => sum + count, 0)).toBe(2);
  expect(interval?.buckets?.counts).toHaveLength((interval?.buckets?.bounds.length ?? 0) + 1);
});

test('the key of a large resource is short, and differs when its content does', () => {
  const keysOf = (text: string): string[] => {
    const part: Origin['resource'] = { attributes: { keys: [], values: [] }, droppedAttributes: 0, schemaUrl: '' };
    const { key, resourceKey } = originOf(part, text, { ...part, name: '', version: '' }, '{}');
    return [key, resourceKey];
  };
  const large = 'x'.repeat(1_000_000);
  for (const key of keysOf(large)) expect(key.length).toBeLessThan(600);
  expect(keysOf(large)).toEqual(keysOf(large.slice()));
  expect(new Set([...keysOf(large), ...keysOf(`${large}y`), ...keysOf('x'), ...keysOf('y')]).size).toBe(8);
});
