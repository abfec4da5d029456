import { isSpanContextValid, type SpanContext, type TraceState } from '@opentelemetry/api';

/**
 * A span context whose ids are known to be valid: our tracer's, and that of a parsed `traceparent`. The API checks ids
 * digit by digit, which would happen five times for a booking.
 */
export class ValidSpanContext implements SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  isRemote?: boolean;
  traceState?: TraceState;

  constructor(traceId: string, spanId: string, traceFlags: number) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.traceFlags = traceFlags;
  }
}

/** The API's check of ids, for a context from anywhere. */
export function hasValidIds(span: SpanContext): boolean {
  return span instanceof ValidSpanContext || isSpanContextValid(span);
}
