import {
  type Attributes,
  createTraceState,
  type HrTime,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../test/random.ts';
import { LeafSpan, LeafTemplate } from './leaf-span.ts';
import { createTraceSerializer } from './trace-serializer.ts';

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'dispo', 'process.pid': 4711 }),
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
});
const tracer = provider.getTracer('plain');

function recorded(record: () => void): ReadableSpan[] {
  exporter.reset();
  record();
  return exporter.getFinishedSpans();
}

function withAttributes(attributes: Attributes): ReadableSpan[] {
  return recorded(() => tracer.startSpan('attributes', { attributes }).end());
}

/** Several times, so that cached bytes are compared too. */
function expectSameBytes(spans: ReadableSpan[]): void {
  const ours = createTraceSerializer();
  const theirs = Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? []);
  expect(theirs.length).toBeGreaterThan(0);
  for (let time = 0; time < 3; time++) {
    expect(Buffer.from(ours.serializeRequest(spans) ?? []).equals(theirs), `time ${time}`).toBe(true);
  }
}

describe("a request has the same bytes as the SDK's for", () => {
  test.each<[string, Attributes]>([
    ['no attributes', {}],
    ['strings', { empty: '', ascii: 'SELECT 1', umlauts: 'Zimmer für fünf', emoji: '🛏️ 🧹', ключ: 'nicht-ASCII' }],
    [
      'lengths around the limits of a varint',
      Object.fromEntries(
        [0, 1, 125, 127, 128, 129, 16_383, 16_384, 70_000].map((size) => [`size-${size}`, 'x'.repeat(size)]),
      ),
    ],
    [
      'integers',
      {
        zero: 0,
        one: 1,
        minus: -1,
        large: 2 ** 32,
        larger: 2 ** 53,
        negative: -(2 ** 40),
        smallest: -(2 ** 63),
        seven: 127,
        eight: 128,
      },
    ],
    [
      'doubles',
      {
        half: 0.5,
        minus: -1.25,
        tiny: Number.MIN_VALUE,
        huge: Number.MAX_VALUE,
        above: 2 ** 63,
        nan: Number.NaN,
        infinite: -Infinity,
      },
    ],
    ['booleans', { yes: true, no: false }],
    ['lists', { strings: ['a', 'ü'], numbers: [1, 2.5, -3], booleans: [true, false], empty: [] }],
  ])('%s', (_, attributes) => {
    expectSameBytes(withAttributes(attributes));
  });

  test('nested maps, bytes and null', () => {
    const attributes = {
      map: { a: 1, b: { c: ['x', null, { d: true }] } },
      bytes: new Uint8Array([0, 1, 255]),
      nothing: null,
    };
    expectSameBytes(withAttributes(attributes as unknown as Attributes));
  });

  test.each(Object.values(SpanKind).filter((kind) => typeof kind === 'number'))('kind %s', (kind) => {
    expectSameBytes(recorded(() => tracer.startSpan('kind', { kind }).end()));
  });

  test.each([
    [0, 0],
    [1, 1],
    [1_700_000_000, 999_999_999],
    [4_294_967_295, 0],
    [4_294_967_296, 5],
    [18_446_744_073, 709_551_615],
  ])('the time %i s and %i ns', (seconds, nanos) => {
    expectSameBytes(recorded(() => tracer.startSpan('time', { startTime: [seconds, nanos] }).end([seconds, nanos])));
  });

  test('local and remote children, with and without tracestate', () => {
    const remote = {
      traceId: 'ABCDEF0123456789abcdef0123456789',
      spanId: '00f067aa0ba902b7',
      traceFlags: 1,
      isRemote: true,
      traceState: createTraceState('vendor=1,other=zwei'),
    };
    expectSameBytes(
      recorded(() => {
        const parent = tracer.startSpan('parent', {}, trace.setSpanContext(ROOT_CONTEXT, remote));
        tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
        parent.end();
      }),
    );
  });

  test('events, links and errors', () => {
    const linked = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 3 };
    expectSameBytes(
      recorded(() => {
        const span = tracer.startSpan('all', {
          links: [
            { context: linked },
            {
              context: { ...linked, isRemote: true, traceState: createTraceState('a=b') },
              attributes: { why: 'redrive' },
            },
          ],
        });
        span.addEvent('received').addEvent('dead', { reason: 'attempts', tries: 8 });
        span.recordException(new TypeError('kaputt: ü'));
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'no room' }).end();
        tracer.startSpan('fine').setStatus({ code: SpanStatusCode.OK }).end();
      }),
    );
  });

  test('counts of content dropped at the limits', () => {
    const limited = new TracerProvider({
      spanLimits: { attributeCountLimit: 2, eventCountLimit: 1, linkCountLimit: 1, attributeValueLengthLimit: 3 },
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }).getTracer('limited');
    const context = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };
    expectSameBytes(
      recorded(() => {
        const links = [{ context }, { context }, { context }];
        const span = limited.startSpan('too much', { attributes: { a: 'longer', b: 2, c: 3, d: 4 }, links });
        span.addEvent('one').addEvent('two').addEvent('three').end();
      }),
    );
  });

  test('several resources and scopes, interleaved', () => {
    const other = new TracerProvider({
      resource: resourceFromAttributes(
        { 'service.name': 'cleaning' },
        { schemaUrl: 'https://opentelemetry.io/schemas/1.45.0' },
      ),
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    });
    const scoped = other.getTracer('scoped', '1.2.3', { schemaUrl: 'https://opentelemetry.io/schemas/1.45.0' });
    expectSameBytes(
      recorded(() => {
        for (let i = 0; i < 3; i++) {
          tracer.startSpan('a').end();
          scoped.startSpan('b').end();
          other.getTracer('third').startSpan('c').end();
        }
      }),
    );
  });

  test('leaf spans of pseudo-random content, below parents with and without a tracestate', () => {
    const random = seededRandom(20);
    const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
    const hex = (digits: number) => Array.from({ length: digits }, () => pick([...'0123456789abcdef'])).join('');
    const time = (): HrTime => [Math.floor(random() * 4e9), Math.floor(random() * 1e9)];
    const limited = new TracerProvider({
      spanLimits: { attributeCountLimit: 3, attributeValueLengthLimit: 5 },
      spanProcessors: [new SimpleSpanProcessor({ exporter })],
    }).getTracer('limited', '1.2.3', { schemaUrl: 'https://opentelemetry.io/schemas/1.45.0' });
    const templates = Array.from({ length: 40 }, (_, i) => {
      const values = ['', 'Zimmer für 🛏️', 'x'.repeat(130), 0, -1, 1.5, true, ['a', 'b'], 2 ** 40];
      const attributes = Object.fromEntries(Array.from({ length: i % 6 }, (_, key) => [`key.${key}`, pick(values)]));
      const [span] = recorded(() => {
        pick([tracer, limited])
          .startSpan(`SELECT ${i}`, { kind: pick([0, 1, 2, 3, 4]), attributes })
          .end();
      });
      return new LeafTemplate(span as ReadableSpan);
    });
    const leaves = Array.from({ length: 500 }, () => {
      const traceFlags = pick([1, 3]);
      const state = pick([{}, { traceState: createTraceState('vendor=1,other=2') }]);
      const parent = { traceId: hex(32), spanId: hex(16), traceFlags, ...state };
      return new LeafSpan(pick(templates), parent, time()).endAt(time());
    });
    expectSameBytes(leaves);
    expectSameBytes(recorded(() => tracer.startSpan('next to a leaf').end()).concat(leaves.slice(0, 3)));
  });

  test('thousands of spans with constant and unique attributes', () => {
    expectSameBytes(
      recorded(() => {
        for (let i = 0; i < 3_000; i++) {
          const attributes = {
            'db.query.text': `select ${i % 7}`,
            'message.id': `id-${i}`,
            wait: i / 8,
            count: i,
            even: i % 2 === 0,
          };
          tracer.startSpan(`name ${i % 3}`, { attributes }).end();
        }
      }),
    );
  });
});

test('without spans the request is empty', () => {
  expect(createTraceSerializer().serializeRequest([])).toHaveLength(0);
});

test("the response is parsed like the SDK's", () => {
  // partial_success { rejected_spans: 3, error_message: "full" }
  const answer = Uint8Array.from([0x0a, 0x08, 0x08, 0x03, 0x12, 0x04, 0x66, 0x75, 0x6c, 0x6c]);
  expect(createTraceSerializer().deserializeResponse(answer)).toMatchObject({
    partialSuccess: { rejectedSpans: 3, errorMessage: 'full' },
  });
});
