import { now } from '@hotel/telemetry';
import { type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** Whoever makes spans has a name and a version, which the spans carry as their scope, and says where its names are from. */
export const tracer = trace.getTracerProvider().getTracer('reservations', '0.1.0', {
  schemaUrl: 'https://opentelemetry.io/schemas/1.45.0',
});

/**
 * A span of your own around a piece of work, with the API and nothing else. `startActiveSpan` makes it the active one, so that what
 * `work` begins is below it. (Elsewhere in this repository `withSpan` does all this.)
 */
export function inSpan<T>(name: string, work: (span: Span) => Promise<T>): Promise<T> {
  // Without a time of our own the span would begin at a whole millisecond, maybe before its parent.
  return tracer.startActiveSpan(name, { startTime: now() }, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error);
      throw error;
    } finally {
      // A span that is not ended is never sent.
      span.end(now());
    }
  });
}

/** The exception becomes an event, but it does not make the span a failed one: the status does, and `error.type` says of what kind. */
export function fail(span: Span, error: unknown): void {
  const exception = error instanceof Error ? error : new Error(String(error));
  span.recordException(exception, now());
  markFailed(span, 'code' in exception ? String(exception.code) : exception.name, exception.message);
}

/** `errorType` tells kinds of failure apart, in few words: a status code, a class, the code of a system's error. */
export function markFailed(span: Span, errorType: string, message?: string): void {
  span.setAttribute('error.type', errorType);
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
}
