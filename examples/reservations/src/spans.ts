import { now } from '@hotel/telemetry';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** A tracer has a name and a version, recorded as the scope of its spans, and the schema URL of its attribute names. */
export const tracer = trace.getTracerProvider().getTracer('reservations', '0.1.0', {
  schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
});

/**
 * Wraps `work` in a custom span, using only the OpenTelemetry API. `startActiveSpan` makes it active, so that spans
 * started by `work` become its children. (The rest of this repository uses `withSpan`.)
 */
export function inSpan<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
  // The default start time has millisecond precision, which may precede the parent's start.
  return tracer.startActiveSpan(name, { startTime: now() }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      // A span that never ends is never exported.
      span.end(now());
    }
  });
}

/**
 * Recording an exception adds an event but does not mark the span as failed; the status does, and `error.type`
 * classifies it.
 */
export function fail(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception, now());
  markFailed(span, 'code' in exception ? String(exception.code) : exception.name, exception.message);
}

/** `errorType` has low cardinality: a status code, an error class or a system error code. */
export function markFailed(span: Span, errorType: string, message?: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
}
