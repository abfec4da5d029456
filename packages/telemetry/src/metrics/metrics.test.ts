import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { readRegistry } from '@hotel/registry';
import { context, diag } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, InMemoryLogRecordExporter, LoggerProvider } from '@opentelemetry/sdk-logs';
import { BatchSpanProcessor, InMemorySpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tracedFetch } from '../../test/traced-fetch.ts';
import { setHttpRoute, traceRequests } from '../edges/http-server.ts';
import { startSend, traceProcess } from '../edges/messaging.ts';
import { traceDatabase } from '../edges/sqlite.ts';
import { countDropped, countDroppedSpans } from '../setup/dropped-spans.ts';
import { telemetryState } from '../setup/state.ts';
import { countOutboxEvents, measureConfirmation, observeOutbox } from './outbox.ts';
import { startMetrics } from './provider.ts';
import { countDeadLetter, observeDeadLetters, observeQueue } from './queue.ts';
import { type MetricSpec, metricTable } from './table.ts';

const open = createRequire(import.meta.url)('better-sqlite3') as typeof import('better-sqlite3');

let provider: Awaited<ReturnType<typeof startMetrics>>;
let processor: BatchSpanProcessor;
let logProcessor: BatchLogRecordProcessor;
const smallQueue = { maxQueueSize: 1, maxExportBatchSize: 1 };
let deadLetters: () => Promise<number | undefined> = async () => 2;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  provider = await startMetrics(resourceFromAttributes({ 'service.name': 'test' }), 'trace_based');
  observeOutbox(async () => ({ depth: 3, oldestAgeMs: 1_500 }));
  observeDeadLetters('cleaning', () => deadLetters());
  observeQueue('cleaning', async () => ({ depth: { waiting: 4, active: 1 }, oldestAgeMs: 2_500 }));
  processor = new BatchSpanProcessor({
    exporter: new InMemorySpanExporter(),
    selfObsMeterProvider: countDroppedSpans(provider, () => {}).meterProvider,
    ...smallQueue,
  });
  logProcessor = new BatchLogRecordProcessor({
    exporter: new InMemoryLogRecordExporter(),
    selfObsMeterProvider: countDropped(provider, () => {}).meterProvider,
    ...smallQueue,
  });
});
afterAll(() => Promise.all([provider.shutdown(), processor.shutdown(), logProcessor.shutdown()]));

const message = { queue: 'cleaning', id: 'id', conversationId: 'bookings/1' };

it('docs/metrics.md describes every metric as the code does', () => {
  const rows = documented();
  for (const spec of Object.values<MetricSpec>(metricTable)) {
    const { kind, unit, attributes } = spec;
    expect({ [spec.name]: rows.get(spec.name) }).toMatchObject({ [spec.name]: { kind, unit, attributes } });
    expect(rows.get(spec.name)?.answers).toMatch(/\?$/);
  }
  const ours = new Set(Object.values<MetricSpec>(metricTable).map(({ name }) => name));
  expect([...rows.keys()].filter((name) => !ours.has(name) && !name.startsWith('otel.sdk.'))).toEqual([]);
});

it('the registry defines every metric as the code does', () => {
  const instruments: Record<MetricSpec['kind'], string> = {
    ...{ histogram: 'histogram', counter: 'counter', gauge: 'gauge' },
    'up-down counter': 'updowncounter',
  };
  const ours = Object.values<MetricSpec>(metricTable).filter(({ name }) => name.startsWith('hotel.'));
  expect(readRegistry().metrics.map(({ stability: _, type: __, id: ___, ...metric }) => metric)).toEqual(
    ours.map(({ name, kind, unit, description, attributes }) => ({
      ...{ metric_name: name, instrument: instruments[kind], unit, brief: description },
      attributes: attributes.map((ref) => expect.objectContaining({ ref })),
    })),
  );
});

it('every documented metric is exposed with exactly the documented attributes', async () => {
  await useEverything();
  const found = parse((await telemetryState.scrape?.()) ?? '');
  found.delete('target_info');
  const types: Record<string, string> = { 'up-down counter': 'gauge' };
  const expected = [...documented().values()].map(({ prometheus, kind, attributes }): [string, object] => [
    prometheus,
    { type: types[kind] ?? kind, labels: attributes.map((name) => name.replaceAll('.', '_')).sort() },
  ]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

it('counts match the work that was done', async () => {
  const before = await read('hotel_dead_letters_added_total');
  countDeadLetter('cleaning', 'not_valid');
  countDeadLetter('cleaning', 'not_valid');
  expect(await read('hotel_dead_letters_added_total')).toBe(before + 2);
  expect(await read('hotel_outbox_depth')).toBe(3);
  expect(await read('hotel_outbox_oldest_age_seconds')).toBe(1.5);
  expect(await read('hotel_dead_letters_waiting')).toBe(2);
  expect(await read('hotel_queue_depth', 'hotel_job_state="waiting"')).toBe(4);
  expect(await read('hotel_queue_oldest_age_seconds')).toBe(2.5);
});

it('counts events in the outbox by type, and measures until they are confirmed', async () => {
  const type = 'booking.changed';
  const label = `cloudevents_event_type="${type}"`;
  countOutboxEvents([{ type }, { type }]);
  expect(await read('hotel_outbox_added_total', label)).toBe(2);
  measureConfirmation({ type, time: new Date(Date.now() - 20_000).toISOString() });
  measureConfirmation({ type, time: new Date(Date.now() + 3_600_000).toISOString() });
  const [sum, count] = ['sum', 'count'].map((part) => `hotel_outbox_confirmation_duration_seconds_${part}`);
  expect(await read(`${count}`, label)).toBe(1);
  expect(await read(`${sum}`, label)).toBeGreaterThanOrEqual(20);
});

it('attempts beyond the tenth count as the tenth', async () => {
  for (const number of [10, 11, 200]) {
    await traceProcess(message, { carrier: {} }, { number, waitMs: 0 }, 'both', async () => {});
  }
  expect(await read('hotel_job_attempts_total', 'hotel_job_attempt="10"')).toBe(3);
});

it('a negative wait, caused by two clocks, is not recorded', async () => {
  const waits = () => read('hotel_queue_wait_duration_seconds_count');
  const before = await waits();
  for (const waitMs of [-1, 0, 1]) {
    await traceProcess(message, { carrier: {} }, { number: 1, waitMs }, 'both', async () => {});
  }
  expect(await waits()).toBe(before + 2);
});

it.each([
  ['fails', () => Promise.reject(new Error('Redis cannot be reached'))],
  ['never answers', () => new Promise<number>(() => {})],
  ['does not know', async () => undefined],
])('a source that %s keeps its last value, delays no other metric and is not reported', async (_, source) => {
  const reports: unknown[] = [];
  const report = (...parts: unknown[]) => void reports.push(parts);
  diag.setLogger({ error: report, warn: report, info: report, debug() {}, verbose() {} });
  expect(await read('hotel_dead_letters_waiting')).toBe(2);
  const answering = deadLetters;
  deadLetters = source;
  expect(await read('hotel_outbox_depth')).toBe(3);
  expect(await read('hotel_dead_letters_waiting')).toBe(2);
  deadLetters = answering;
  diag.disable();
  expect(reports).toEqual([]);
});

it('a source that is no longer observed is not read', async () => {
  let reads = 0;
  const count = async () => ++reads;
  const outbox = async () => ({ depth: ++reads, oldestAgeMs: 0 });
  const observers = [observeDeadLetters('other', count), observeOutbox(outbox)];
  await read('hotel_outbox_depth');
  expect(reads).toBe(2);
  for (const observer of observers) observer[Symbol.dispose]();
  await read('hotel_outbox_depth');
  expect(reads).toBe(2);
});

/** Runs each adapter with success and failure, so that every attribute occurs. */
async function useEverything(): Promise<void> {
  const server = createServer(
    traceRequests((request, response) => {
      if (request.url === '/fails') response.writeHead(500).end();
      else {
        setHttpRoute('/works');
        response.writeHead(204).end();
      }
    }, 'continue'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['/works', '/fails']) await tracedFetch(new URL(path, base), { method: 'GET' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));

  const database = traceDatabase(open(':memory:'), 'test');
  database.prepare('SELECT 1').get();
  expect(() => database.exec('SELECT 1 FROM rooms')).toThrow('no such table');
  database.close();

  startSend(message, {}, 0).end();
  startSend(message, {}, 0).end(new Error('no'));
  const attempt = { number: 1, waitMs: 5 };
  await traceProcess(message, { carrier: {} }, attempt, 'both', () => Promise.reject(new Error('no'))).catch(() => {});
  countDeadLetter('cleaning', 'not_valid');
  countOutboxEvents([{ type: 'booking.created' }]);
  measureConfirmation({ type: 'booking.created', time: new Date().toISOString() });

  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer('test');
  for (let i = 0; i < 5; i++) tracer.startSpan('one').end();
  await processor.forceFlush();
  expect(telemetryState.dropped.get('queue_full')).toBeGreaterThan(0);

  const logger = new LoggerProvider({ processors: [logProcessor] }).getLogger('test');
  for (let i = 0; i < 5; i++) logger.emit({ body: 'one' });
  await logProcessor.forceFlush();
}

interface Row extends Pick<MetricSpec, 'unit'> {
  prometheus: string;
  kind: string;
  attributes: string[];
  answers: string;
}

/** The table in docs/metrics.md, by metric name. */
function documented(): Map<string, Row> {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const code = (text = '') => [...text.matchAll(/`([^`]+)`/g)].map(([, inside]) => inside ?? '');
  const rows = page.split('\n').flatMap((line): Array<[string, Row]> => {
    const [, name, prometheus, kind = '', unit, attributes, answers = ''] = line.split('|').map((cell) => cell.trim());
    const [metric] = code(name);
    if (metric === undefined || !line.startsWith('| `')) return [];
    const row = { prometheus: code(prometheus).join(), kind, unit: code(unit).join(), attributes: code(attributes) };
    return [[metric, { ...row, answers }]];
  });
  return new Map(rows);
}

/** Parses Prometheus' text: each metric's type and all its labels. */
function parse(text: string): Map<string, { type: string; labels: string[] }> {
  const lines = text.split('\n');
  const types = lines.flatMap((line) => [...line.matchAll(/^# TYPE (\S+) (\S+)$/g)]);
  return new Map(
    types.map(([, name = '', type = '']) => {
      const samples = lines.filter((line) => new RegExp(`^${name}(_bucket|_sum|_count)?[{ ]`).test(line));
      const labels = new Set(samples.flatMap((line) => [...line.matchAll(/(\w+)="/g)].map(([, label = '']) => label)));
      labels.delete('le');
      return [name, { type, labels: [...labels].sort() }];
    }),
  );
}

/** The sum of a metric's samples with `label`. */
async function read(name: string, label = ''): Promise<number> {
  const lines = ((await telemetryState.scrape?.()) ?? '').split('\n');
  const samples = lines.filter((line) => new RegExp(`^${name}[{ ]`).test(line) && line.includes(label));
  return samples.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
