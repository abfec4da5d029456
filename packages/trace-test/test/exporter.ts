import { createTraceState, ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { spanId, TRACE_ID } from './spans.ts';

/** The official SDK and exporter, sending to `url` immediately. */
export function createProvider(url: string, timeoutMillis = 500): TracerProvider {
  return new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'desk', 'service.namespace': 'inn', 'process.pid': 7 }),
    spanProcessors: [new SimpleSpanProcessor({ exporter: new OTLPTraceExporter({ url, timeoutMillis }) })],
  });
}

export const EVERY_TYPE = {
  text: 'grüezi',
  empty: '',
  yes: true,
  no: false,
  integer: 42,
  negative: -1,
  zero: 0,
  large: Number.MAX_SAFE_INTEGER,
  double: 0.25,
  infinite: Number.POSITIVE_INFINITY,
  texts: ['a', 'b'],
  numbers: [1, 2.5],
  none: [],
  bytes: Uint8Array.of(0, 255, 16),
  map: { inner: { deep: [true] } },
};

/** A span that uses every field of OTLP, below a caller's span. */
export function recordEverything(tracer: Tracer): void {
  const caller = { traceId: TRACE_ID, spanId: spanId(77), traceFlags: 1, isRemote: true };
  const traceState = createTraceState('inn=1,other=2');
  const span = tracer.startSpan(
    'process stays',
    {
      kind: SpanKind.CONSUMER,
      attributes: EVERY_TYPE,
      startTime: [1_700_000_000, 123_456_789],
      links: [{ context: { ...caller, spanId: spanId(78) }, attributes: { reason: 'retry' } }],
    },
    trace.setSpanContext(ROOT_CONTEXT, { ...caller, traceState }),
  );
  span.addEvent('received', { bytes: 12 }, [1_700_000_000, 200_000_000]);
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'no room' });
  span.end([1_700_000_001, 987_654_321]);
}
