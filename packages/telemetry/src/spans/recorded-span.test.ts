import { type Attributes, ROOT_CONTEXT, type Span, type SpanOptions, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanLimits,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { RecordedSpan } from './recorded-span.ts';
import { createTracerProvider } from './tracer.ts';

/** Reproducible random numbers below 1. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function createRandom(seed: number) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const remote = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 3,
  isRemote: true,
};
const parents = [ROOT_CONTEXT, trace.setSpanContext(ROOT_CONTEXT, remote)];
const at = (second: number): [number, number] => [1_800_000_000 + second, 123_456_789];

/** Valid values, and those that JavaScript callers can pass. */
const values = [
  '',
  'text',
  'a text that is longer than the limit',
  0,
  -1.5,
  true,
  null,
  undefined,
  ['a', 'b'],
  [1, null],
];
const odd = [
  { nested: { deep: [1, 'x'] } },
  new Uint8Array([1, 2, 3]),
  7n,
  Symbol('x'),
  () => 1,
  new Date(0),
  ['a', 1],
];
const keys = ['a', 'b', 'c', 'd', 'e', ''];

type Step = (span: Span) => unknown;

/** The same options and calls for the same seed. */
function generate(seed: number): { options: SpanOptions; steps: Step[] } {
  const random = createRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const value = () => (random() < 0.7 ? pick(values) : pick<unknown>(odd));
  const attributes = () =>
    Object.fromEntries(Array.from({ length: below(6) }, () => [pick(keys), value()])) as Attributes;
  const link = () => ({ context: remote, ...(random() < 0.5 ? { attributes: attributes() } : {}) });
  const time = () => pick([at(below(9)), new Date(1_800_000_000_000 + below(9_000)), 1_800_000_000_000 + below(9_000)]);
  const step = (): Step => {
    const [key, one, many, when, linked] = [pick(keys), value(), attributes(), time(), link()];
    const status = { code: pick([0, 1, 2]), ...(random() < 0.5 ? { message: pick(['m', 7 as never]) } : {}) };
    const error = Object.assign(new TypeError(pick(['', 'no room'])), { stack: 'stack' }, pick([{}, { code: 'E1' }]));
    return pick<Step>([
      (span) => span.setAttribute(key, one as string),
      (span) => span.setAttributes(many),
      (span) => span.addEvent('event', when),
      (span) => span.addEvent('event', many, when),
      (span) => span.addLink(linked),
      (span) => span.addLinks([linked, linked]),
      (span) => span.setStatus(status),
      (span) => span.updateName(`name ${seed}`),
      (span) => span.recordException(error, when),
      (span) => span.recordException('text', when),
    ]);
  };
  const options = {
    kind: below(5),
    startTime: time(),
    ...(random() < 0.8 ? { attributes: attributes() } : {}),
    ...(random() < 0.5 ? { links: Array.from({ length: below(5) }, link) } : {}),
    ...(random() < 0.2 ? { root: true } : {}),
  };
  const [end, after] = [time(), step()];
  return {
    options,
    steps: [...Array.from({ length: below(9) }, step), (span) => span.end(end), after, (span) => span.end()],
  };
}

/** All that a backend and a processor see, without the span's own random ids. */
function contentOf(span: ReadableSpan | undefined) {
  if (!span) return undefined;
  const { traceFlags, traceState } = span.spanContext();
  const { parentSpanContext, name, kind, startTime, endTime, duration, status, attributes, links, events } = span;
  return {
    // The SDK does not know the random flag.
    isSampled: traceFlags & 1,
    state: traceState?.serialize(),
    order: Object.keys(attributes),
    ...{ parentSpanContext, name, kind, startTime, endTime, duration, status, attributes, links, events },
    dropped: [span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount],
    ended: span.ended,
    origin: [span.resource.attributes, span.instrumentationScope],
  };
}

function recorderOf(create: typeof createTracerProvider | undefined, spanLimits: SpanLimits) {
  const exporter = new InMemorySpanExporter();
  const options = {
    resource: resourceFromAttributes({ 'service.name': 'test' }),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanLimits,
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  };
  const provider = create ? create(options) : new TracerProvider(options);
  const tracer = provider.getTracer('scope', '1.2.3', { schemaUrl: 'https://example.com/1' });
  return (seed: number) => {
    exporter.reset();
    const { options, steps } = generate(seed);
    const span = tracer.startSpan('span', options, parents[seed % parents.length]);
    for (const step of steps) step(span);
    const spans = exporter.getFinishedSpans();
    expect(spans).toHaveLength(1);
    return spans[0];
  };
}

describe('a span has the content of the one that the SDK makes after the same calls', () => {
  it.each<[string, SpanLimits]>([
    ['the default limits', {}],
    [
      'limits of two',
      { attributeCountLimit: 2, eventCountLimit: 2, linkCountLimit: 2, attributePerEventCountLimit: 1 },
    ],
    ['no events, no links and short values', { attributeValueLengthLimit: 5, eventCountLimit: 0, linkCountLimit: 0 }],
    ['no attributes', { attributeCountLimit: 0, attributePerLinkCountLimit: 1 }],
  ])('with %s', (_what, limits) => {
    const [ofSdk, ofOurs] = [recorderOf(undefined, limits), recorderOf(createTracerProvider, limits)];
    for (let seed = 0; seed < 150; seed++) {
      const ours = ofOurs(seed);
      expect(ours).toBeInstanceOf(RecordedSpan);
      expect(contentOf(ours), `seed ${seed}`).toEqual(contentOf(ofSdk(seed)));
    }
  });
});

it('a span without times has the duration that the monotonic clock measures', async () => {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  const options = { resource: resourceFromAttributes({}), sampler: new AlwaysOnSampler(), spanProcessors };
  const span = createTracerProvider(options).getTracer('test').startSpan('span');
  const before = performance.now();
  while (performance.now() - before < 3);
  span.end();
  const [seconds, nanos] = exporter.getFinishedSpans()[0]?.duration ?? [0, 0];
  expect(seconds * 1e3 + nanos / 1e6).toBeGreaterThanOrEqual(3);
});

it('an ended span does not record', () => {
  const options = { resource: resourceFromAttributes({}), sampler: new AlwaysOnSampler(), spanProcessors: [] };
  const span = createTracerProvider(options).getTracer('test').startSpan('span');
  expect(span.isRecording()).toBe(true);
  span.setStatus({ code: SpanStatusCode.OK }).end();
  expect(span.isRecording()).toBe(false);
});
