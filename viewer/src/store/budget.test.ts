import { expect, test } from 'vitest';
import { logRequest } from '../../test/support/logs.ts';
import { gauge, metricRequest } from '../../test/support/metrics.ts';
import { request, spanId, traceId } from '../../test/support/spans.ts';
import { Ingest } from '../otlp/ingest.ts';
import { openStores } from './stores.ts';

const MAX_BYTES = 400_000;

function open() {
  const stores = openStores({ maxSpans: 100_000, maxBytes: MAX_BYTES });
  const ingest = new Ingest(stores);
  const send = (body: unknown) => {
    ingest.file(JSON.stringify(body));
    expect(stores.stats().bytes).toBeLessThanOrEqual(MAX_BYTES);
  };
  const spans = (from: number, count: number) =>
    send(request(...Array.from({ length: count }, (_, n) => ({ traceId: traceId(from + n), spanId: spanId(1) }))));
  const logs = (from: number, count: number) =>
    send(logRequest(...Array.from({ length: count }, (_, n) => ({ message: `line ${from + n}`, atMs: from + n }))));
  const metrics = (from: number, count: number) =>
    send(
      metricRequest(
        Array.from({ length: count }, (_, n) => gauge('rooms', { at: from, value: n, attributes: { room: `${n}` } })),
      ),
    );
  return { stores, spans, logs, metrics };
}

test('one signal may use all bytes while the others are not sent', () => {
  const { stores, logs } = open();
  logs(0, 2000);
  expect(stores.logs.stats().evictedLogs).toBeGreaterThan(0);
  expect(stores.stats().bytes).toBeGreaterThan(0.95 * MAX_BYTES);
});

test('a flood of one signal displaces no other below its share', () => {
  const { stores, spans, logs, metrics } = open();
  spans(1, 100);
  metrics(1, 30);
  const { traces, streams } = stores.stats();
  logs(0, 3000);
  expect(stores.stats()).toMatchObject({ traces, streams, evictedTraces: 0, evictedStreams: 0 });
  const kept = stores.stats().logs;
  // Spans take back what is theirs, and logs keep their share.
  spans(1000, 1000);
  expect(stores.stats().evictedTraces).toBeGreaterThan(0);
  expect(stores.stats().logs).toBeLessThan(kept);
  expect(stores.stats().logs).toBeGreaterThan(50);
  expect(stores.stats().streams).toBe(streams);
});

test('dropped log records leave no trace in the lists, and nothing of their size', () => {
  const { stores, logs } = open();
  const empty = stores.stats().bytes;
  logs(0, 1);
  const one = stores.stats().bytes - empty;
  logs(0, 5000);
  expect(stores.logs.services()).toEqual(['dispo']);
  expect([...stores.logs.newest()]).toHaveLength(stores.stats().logs);
  expect(stores.stats().bytes).toBeLessThan(stores.stats().logs * one + one);
  expect(stores.logs.last).toBe(5001);
});
