import {
  type Attributes,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '../attributes.ts';
import { safeError } from '../safe-error.ts';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';

export const tracer = trace.getTracerProvider().getTracer(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL });

/** Status ERROR with `error.type`; `message` only where it holds nothing a stranger may not read. */
export function markFailed(span: Span, errorType: string, message?: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, errorType);
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
}

/** Status ERROR, `error.type` and the exception as a span event, without the values that libraries attach to errors. */
export function markThrown(span: Span, error: unknown, errorType = errorTypeOf(error)): void {
  const { message, stack } = safeError(error);
  span.recordException({ name: errorTypeOf(error), message, ...(stack === undefined ? {} : { stack }) });
  markFailed(span, errorType, message);
}

/** What tells errors of one kind from another: the system's code (`ECONNREFUSED`), else the class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Records an error that a framework has turned into a response, on the span that is active. */
export function recordError(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span) markThrown(span, error);
}

/** Adds attributes to the span that is active, if there is one. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** The id of the trace that is going on, for a problem's `trace_id`. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}

/**
 * Runs `work` in an INTERNAL span of your own below the one that is active: a step that the adapters cannot know of. What `work`
 * throws is recorded on the span, which then has status ERROR, and thrown.
 */
export async function withSpan<T>(
  name: string,
  attributes: Attributes,
  work: (span: Span) => T | Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), work, undefined, span);
  } catch (error) {
    markThrown(span, error);
    throw error;
  } finally {
    span.end();
  }
}

/** Runs `start` outside of every trace: what it sets up (loops, connections) belongs to no request. */
export function detached<T>(start: () => T): T {
  return context.with(ROOT_CONTEXT, start);
}
