import { type Attributes, type Link, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { defaultResource } from '@opentelemetry/resources';
import { AlwaysOnSampler, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTracerProvider } from '../spans/tracer.ts';
import { withSafeSpans } from './safe-spans.ts';

const exporter = new InMemorySpanExporter();
const provider = createTracerProvider({
  resource: defaultResource(),
  sampler: new AlwaysOnSampler(),
  spanProcessors: [new SimpleSpanProcessor({ exporter })],
});
const tracer = withSafeSpans(provider).getTracer('test');
beforeEach(() => exporter.reset());

let deep: Record<string, unknown> = {};
for (let level = 0; level < 100_000; level++) deep = { deep };
const throwing = Object.defineProperty({}, 'x', {
  enumerable: true,
  get() {
    throw new Error('hidden');
  },
});

/** Possible in JavaScript; TypeScript rejects most of it. */
const contents: Array<[string, (span: Span) => unknown]> = [
  ['an attribute that is nested too deep', (span) => span.setAttribute('deep', deep as never)],
  ['an attribute whose getter throws', (span) => span.setAttributes(throwing as Attributes)],
  ['an attribute without a key', (span) => span.setAttribute(undefined as never, 1)],
  ['an event whose attribute throws', (span) => span.addEvent('event', throwing as Attributes)],
  ['a link to nothing', (span) => span.addLink(undefined as never)],
  ['links that are not a list', (span) => span.addLinks(7 as never)],
  ['no status', (span) => span.setStatus(undefined as never)],
  ['an exception that is a symbol', (span) => span.recordException(Symbol('x') as never)],
  ['an exception whose code has no text', (span) => span.recordException({ code: Object.create(null) } as never)],
  ['an invalid time', (span) => span.addEvent('event', {}, 'yesterday' as never)],
];

describe('a span is still exported after it receives', () => {
  it.each(contents)('%s', (_what, give) => {
    const span = tracer.startSpan('span');
    give(span);
    span.setAttribute('after', true).end();
    expect(exporter.getFinishedSpans()).toMatchObject([{ name: 'span', attributes: { after: true } }]);
  });
});

describe('a span is still started with', () => {
  it.each<[string, object]>([
    ['attributes that are nested too deep', { attributes: { deep } }],
    ['attributes that throw', { attributes: throwing }],
    ['an invalid link', { links: [undefined as unknown as Link] }],
    ['links that are not a list', { links: 7 }],
  ])('%s', (_what, options) => {
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags: 1,
    });
    tracer.startSpan('span', { kind: 2, ...options }, parent).end();
    expect(exporter.getFinishedSpans()).toMatchObject([{ kind: 2, parentSpanContext: { traceId: '1'.repeat(32) } }]);
  });

  it('attributes that throw, in startActiveSpan', () => {
    tracer.startActiveSpan('span', { attributes: throwing }, (span) => span.end());
    expect(exporter.getFinishedSpans()).toHaveLength(1);
  });
});
