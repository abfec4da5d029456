import type { HrTime } from '@opentelemetry/api';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../test/random.ts';
import { createCarefulSerializer } from './careful-serializer.ts';
import { flawOfSpan as flawOf } from './span-flaw.ts';
import { createTraceSerializer } from './trace-serializer.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const resource = resourceFromAttributes({ 'service.name': 'dispo' });
const instrumentationScope = { name: 'test' };

/** A span as exporters receive it, with arbitrary content. */
function spanWith(content: object): ReadableSpan {
  return {
    name: 'span',
    kind: 0,
    spanContext: () => ({ traceId, spanId, traceFlags: 1 }),
    startTime: [1_700_000_000, 0],
    endTime: [1_700_000_000, 1],
    status: { code: 0 },
    attributes: {},
    links: [],
    events: [],
    duration: [0, 1],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    ...content,
  } as ReadableSpan;
}

function start(format: 'protobuf' | 'json') {
  const dropped: string[] = [];
  const onDrop = (count: number, reason: string) => void dropped.push(...new Array<string>(count).fill(reason));
  const serializer =
    format === 'protobuf'
      ? createCarefulSerializer({ fast: createTraceSerializer(), thorough: ProtobufTraceSerializer, flawOf, onDrop })
      : createCarefulSerializer({ thorough: JsonTraceSerializer, flawOf, onDrop });
  const bytesOf = (spans: ReadableSpan[]) => Buffer.from(serializer.serializeRequest(spans) ?? []);
  return { dropped, serializer, bytesOf };
}

const cyclic: Record<string, unknown> = {};
cyclic.self = cyclic;
const throwing = {
  get message(): string {
    throw new Error('hidden');
  },
};
const context = { traceId, spanId, traceFlags: 1 };

describe.each(['protobuf', 'json'] as const)('in %s, a span', (format) => {
  it.each<[string, string, object]>([
    ['that begins at a time in microseconds', 'invalid_time', { startTime: [1_700_000_000_000, 0] }],
    ['that ends on the last day of the year 9999', 'invalid_time', { endTime: [253_402_214_400, 0] }],
    ['that begins one nanosecond after the end of time', 'invalid_time', { startTime: [18_446_744_073, 709_551_616] }],
    ['that begins before 1970', 'invalid_time', { startTime: [-1, 0] }],
    ['whose start is not a number', 'invalid_time', { startTime: [Number.NaN, 0] }],
    ['whose end is infinite', 'invalid_time', { endTime: [Number.POSITIVE_INFINITY, 0] }],
    ['with an event before 1970', 'invalid_time', { events: [{ name: 'event', time: [-1, 0] }] }],
    ['without a start', 'not_serializable', { startTime: undefined }],
    ['with a short trace id', 'invalid_id', { spanContext: () => ({ ...context, traceId: 'abc' }) }],
    ['with a long span id', 'invalid_id', { spanContext: () => ({ ...context, spanId: '0'.repeat(17) }) }],
    [
      'with a link to an id that is not hexadecimal',
      'invalid_id',
      { links: [{ context: { ...context, spanId: 'x' } }] },
    ],
    ['with a link to nothing', 'not_serializable', { links: [{}] }],
    ['with an attribute that contains itself', 'not_serializable', { attributes: cyclic }],
    ['with a status that throws', 'not_serializable', { status: throwing }],
  ])('%s is dropped as %s, and its batch is delivered', (_what, reason, content) => {
    const { dropped, bytesOf } = start(format);
    const good = [spanWith({ name: 'before' }), spanWith({ name: 'after' })];
    const expected = bytesOf(good);
    expect(bytesOf([good[0] as ReadableSpan, spanWith(content), good[1] as ReadableSpan]).equals(expected)).toBe(true);
    expect(dropped).toEqual([reason]);
  });

  it('at the last encodable nanosecond is kept', () => {
    const { dropped, bytesOf } = start(format);
    const last: HrTime = [18_446_744_073, 709_551_615];
    expect(bytesOf([spanWith({ startTime: last, endTime: last })]).length).toBeGreaterThan(0);
    expect(dropped).toEqual([]);
  });
});

/** Values that a JavaScript caller can pass anywhere. */
const anything = [
  undefined, null, true, false, 0, -0, 1, -1, 0.5, -1.5, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53, 2 ** 63, 2 ** 64, -(2 ** 63),
  1e308, Number.MIN_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 10n, Symbol('s'), () => 1,
  '', 'text', 'Zimmer für 🛏️', '\ud800', 'a\udfffb', '\0', 'x'.repeat(200), 'ü'.repeat(20_000), '7',
  [], [1, 'two', null, [3]], [Number.NaN], {}, { a: { b: [1] } }, cyclic, throwing, Object.create(null), new Date(0), new Map([[1, 2]]),
  new Uint8Array([0, 255]), /x/, new Error('error'),
]; // biome-ignore format: a table

describe('spans of pseudo-random content', () => {
  const random = seededRandom(42);
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const rarely = <T>(usual: T): unknown => (random() < 0.08 ? pick(anything) : usual);
  const id = (digits: number) =>
    rarely(
      pick([
        '',
        '0'.repeat(digits),
        'F'.repeat(digits),
        'é'.repeat(digits),
        '1'.repeat(digits - 1),
        '1'.repeat(digits),
      ]),
    );
  const goodId = (digits: number) =>
    rarely(
      Math.floor(random() * 2 ** 40)
        .toString(16)
        .padStart(digits, '1'),
    );
  const seconds = () => rarely(pick([0, 1, 1_700_000_000, 2 ** 32, 18_446_744_073, Math.floor(random() * 2e10)]));
  const nanos = () => rarely(pick([0, 1, 999_999_999, 709_551_615, 709_551_616, Math.floor(random() * 1e9)]));
  const time = () => rarely([seconds(), nanos()]);
  const attributes = () =>
    rarely(
      Object.fromEntries(
        Array.from({ length: Math.floor(random() * 4) }, (_, i) => [
          `key.${i}`,
          rarely(pick(['a', 1, true, ['x'], 1.5])),
        ]),
      ),
    );
  const stateOf = (text: unknown) => ({ serialize: () => text });
  const spanContext = (digits: typeof id) => ({
    traceId: digits(32),
    spanId: digits(16),
    traceFlags: rarely(pick([0, 1, 2, 3])),
    isRemote: rarely(pick([true, false])),
    traceState: rarely(pick([undefined, stateOf(rarely('a=b'))])),
  });
  const many = (make: () => unknown) => rarely(Array.from({ length: Math.floor(random() * 2.5) }, make));

  function randomSpan(): ReadableSpan {
    const own = spanContext(goodId);
    return spanWith({
      spanContext: () => own,
      parentSpanContext: rarely(pick([undefined, spanContext(goodId)])),
      name: rarely('name'),
      kind: rarely(pick([0, 1, 2, 3, 4])),
      startTime: time(),
      endTime: time(),
      attributes: attributes(),
      events: many(() => ({
        name: rarely('event'),
        time: time(),
        attributes: attributes(),
        droppedAttributesCount: rarely(0),
      })),
      links: many(() => ({ context: rarely(spanContext(pick([id, goodId]))), attributes: attributes() })),
      status: rarely({ code: rarely(pick([0, 1, 2])), message: rarely('message') }),
      droppedAttributesCount: rarely(0),
      droppedEventsCount: rarely(2),
      droppedLinksCount: rarely(1),
    });
  }

  it("have the same bytes as the SDK's, or are dropped and counted", () => {
    let dropped = 0;
    for (let round = 0; round < 5_000; round++) {
      const span = randomSpan();
      const careful = start('protobuf');
      const bytes = careful.bytesOf([span]);
      dropped += careful.dropped.length;
      if (careful.dropped.length === 0) {
        const theirs = Buffer.from(ProtobufTraceSerializer.serializeRequest([span]) ?? []);
        expect(bytes.equals(theirs), `round ${round}`).toBe(true);
      } else {
        expect({ round, bytes: bytes.length }).toEqual({ round, bytes: 0 });
      }
    }
    // Both must occur often, or the test proves nothing.
    expect(dropped).toBeGreaterThan(500);
    expect(dropped).toBeLessThan(4_500);
  });

  it('become JSON with whole numbers and valid ids, or are dropped', () => {
    for (let round = 0; round < 2_000; round++) {
      const { bytesOf, dropped } = start('json');
      const spans = [randomSpan(), randomSpan(), randomSpan()];
      const { resourceSpans } = JSON.parse(bytesOf(spans).toString());
      const written = resourceSpans.flatMap((one: { scopeSpans: Array<{ spans: object[] }> }) =>
        one.scopeSpans.flatMap(({ spans }) => spans),
      );
      expect(written.length + dropped.length).toBe(3);
      for (const { startTimeUnixNano, traceId } of written) {
        expect(startTimeUnixNano).toMatch(/^\d+$/);
        expect(traceId).toMatch(/^[0-9a-f]{32}$/i);
      }
    }
  });
});

describe("a collector's partial success", () => {
  const answer = (rejectedSpans: unknown, errorMessage?: string) =>
    Buffer.from(JSON.stringify({ partialSuccess: { rejectedSpans, errorMessage } }));

  it.each<[unknown, number]>([
    [3, 3],
    ['2', 2],
    [0, 0],
    [-1, 0],
    ['many', 0],
    [1e9, 5],
  ])('that rejects %j of 5 spans counts %i', (rejected, expected) => {
    const { serializer, dropped } = start('json');
    serializer.serializeRequest(Array.from({ length: 5 }, () => spanWith({})));
    expect(serializer.deserializeResponse(answer(rejected, 'full'))).toEqual({});
    expect(dropped).toEqual(new Array(expected).fill('rejected'));
  });
});
