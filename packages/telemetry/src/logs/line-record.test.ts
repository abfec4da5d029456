import { createLogger } from '@hotel/log';
import { type HrTime, ROOT_CONTEXT, type SpanContext, trace } from '@opentelemetry/api';
import { JsonLogsSerializer, ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import { afterEach, expect, it } from 'vitest';
import { seededRandom } from '../../test/random.ts';
import { createLogsSerializer } from '../otlp/logs-serializer.ts';
import { recordOf } from './line.ts';
import { LineRecord } from './line-record.ts';

const exporter = new InMemoryLogRecordExporter();
const resource = resourceFromAttributes({ 'service.name': 'dispo' }, { schemaUrl: 'https://example.org/1' });
const provider = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter })] });
const logger = provider.getLogger('lines', '1.2.3', { schemaUrl: 'https://example.org/2', attributes: { a: 1 } });
afterEach(() => exporter.reset());

/** What the SDK makes of a line, and what we do. */
function bothOf(line: string, time: HrTime, span?: SpanContext): [ReadableLogRecord, ReadableLogRecord] {
  const context = span ? trace.setSpanContext(ROOT_CONTEXT, span) : ROOT_CONTEXT;
  logger.emit({ ...recordOf(line), timestamp: time, observedTimestamp: time, context });
  const theirs = exporter.getFinishedLogRecords().at(-1) as ReadableLogRecord;
  return [theirs, new LineRecord(theirs, line, time, span) as ReadableLogRecord];
}

function expectSameBytes(pairs: Array<[ReadableLogRecord, ReadableLogRecord]>): void {
  const [theirs, ours] = [pairs.map(([first]) => first), pairs.map(([, second]) => second)];
  const expected = Buffer.from(ProtobufLogsSerializer.serializeRequest(theirs) ?? []);
  expect(expected.length).toBeGreaterThan(0);
  const serializer = createLogsSerializer();
  // Several times, so that cached bytes are compared too.
  for (const records of [ours, ours, theirs]) {
    expect(Buffer.from(serializer.serializeRequest(records) ?? []).equals(expected)).toBe(true);
  }
  const json = Buffer.from(JsonLogsSerializer.serializeRequest(theirs) ?? []);
  expect(Buffer.from(JsonLogsSerializer.serializeRequest(ours) ?? []).equals(json)).toBe(true);
}

const random = seededRandom(21);
const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
const hex = (digits: number) => Array.from({ length: digits }, () => pick([...'0123456789abcdef'])).join('');
const time = (): HrTime => [Math.floor(random() * 4e9), Math.floor(random() * 1e9)];
const value = (): unknown =>
  pick([
    ...[
      '',
      '101',
      'Zimmer für 🛏️',
      'a "quoted" \\ line\nand\u2028another',
      '\ud800',
      'x'.repeat(300),
      'ü'.repeat(9_000),
    ],
    ...[0, -1, 1.5, 42, 2 ** 31, 2 ** 53, -(2 ** 40), 1e300, true, false, null, undefined],
    ...[[], [1, 'two', null, [3]], {}, { nested: { tags: ['a', 1], none: null } }],
  ]);
const fieldNames = [
  'room',
  'booking_id',
  'revision',
  'attempts',
  'attempt',
  'day',
  'path',
  'constructor',
  'toString',
  '',
];
const spans = (): SpanContext | undefined =>
  pick([
    undefined,
    { traceId: hex(32), spanId: hex(16), traceFlags: pick([0, 1, 3]) },
    { traceId: hex(32), spanId: hex(16), traceFlags: 1, isRemote: true },
    { traceId: '0'.repeat(32), spanId: hex(16), traceFlags: 1 },
  ]);

/** Lines as the logger writes them: of all levels, with and without events, errors and arbitrary fields. */
function lines(count: number): string[] {
  const written: string[] = [];
  const log = createLogger('dispo', { write: (line) => void written.push(line) });
  log.level = 'trace';
  const cause = new RangeError('no key');
  const errors = [new TypeError('kaputt: ü', { cause }), new AggregateError([cause, 'no error'], 'all'), 'only a text'];
  for (let i = 0; i < count; i++) {
    const names = Array.from({ length: Math.floor(random() * 5) }, () => pick(fieldNames));
    const fields = Object.fromEntries(names.map((name) => [name, value()]));
    const event = pick([{}, { event_name: pick(['hotel.booking.made', 7, '']) }]);
    const err = pick([{}, {}, { err: Object.assign(pick(errors.slice(0, 2)) as Error, { code: pick(['OOM', 7]) }) }]);
    log[pick(['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const)](
      { ...fields, ...event, ...err },
      ...(pick([['booking made'], [], ['Zimmer %s belegt', '101']]) as [string?]),
    );
  }
  return written;
}

it('lines of pseudo-random content become the same bytes as through the SDK, one by one and in a batch', () => {
  const pairs = lines(600).map((line) => bothOf(line, time(), spans()));
  expect(pairs).toHaveLength(600);
  for (const pair of pairs) expectSameBytes([pair]);
  expectSameBytes(pairs);
});

it('a line with more attributes than the limit is cut, and the rest is counted', () => {
  const line = JSON.stringify({
    level: 'info',
    ...Object.fromEntries(Array.from({ length: 131 }, (_, i) => [`k${i}`, i])),
  });
  const [theirs, ours] = bothOf(line, [1, 2]);
  expect(theirs.droppedAttributesCount).toBe(3);
  expectSameBytes([[theirs, ours]]);
});

it('a field never replaces the prototype of the attributes', () => {
  const line = '{"level":"info","__proto__":{"role":"admin"},"msg":"hello"}';
  const [theirs, ours] = bothOf(line, [1, 2]);
  expect(Reflect.get(ours.attributes, 'role')).toBeUndefined();
  expectSameBytes([[theirs, ours]]);
});

it("the program's own records have the same bytes as with the SDK's serializer", () => {
  const own = provider.getLogger('own');
  own.emit({});
  own.emit({ body: { a: [1, new Uint8Array([1, 2])] }, severityNumber: 24, eventName: 'own', attributes: { b: null } });
  own.emit({ body: null, severityText: '', observedTimestamp: [1, 2] });
  logger.emit({ body: 'between' });
  own.emit({ body: 1.5, exception: new Error('thrown') });
  const records = exporter.getFinishedLogRecords();
  expect(records).toHaveLength(5);
  expectSameBytes(records.map((record) => [record, record]));
});
