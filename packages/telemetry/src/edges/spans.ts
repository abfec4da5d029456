import { randomBytes } from 'node:crypto';
import {
  type Attributes,
  context,
  type HrTime,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '../attributes.ts';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { exceptionEvents, recordException } from './exceptions.ts';

export const tracer = trace.getTracerProvider().getTracer(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL });

/** Sets status ERROR and `error.type`. `message` must not contain anything private. */
export function markFailed(span: Span, errorType: string, message?: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, errorType);
  span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
}

/**
 * Sets status ERROR and `error.type`, and records the exception on the span or in the log.
 * @param what threw: a key of `exceptionEvents`
 * @param time of the event; now, if it is not given
 */
export function markThrown(
  span: Span,
  error: unknown,
  what: keyof typeof exceptionEvents,
  { errorType = errorTypeOf(error), time }: { errorType?: string; time?: HrTime } = {},
): void {
  const { message } = recordException(span, error, errorTypeOf(error), exceptionEvents[what], time);
  markFailed(span, errorType, message);
}

/** Classifies an error: its code (`ECONNREFUSED`), else its class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Records an error that a framework turned into a response on the active span. */
export function recordError(error: unknown): void {
  const span = trace.getActiveSpan();
  if (span) markThrown(span, error, 'httpServer');
}

/** Adds attributes to the active span, if any. */
export function annotate(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}

/** The active trace's id, for a problem's `trace_id`. */
export function currentTraceId(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span && isSpanContextValid(span) ? span.traceId : undefined;
}

/**
 * Runs `work` in an INTERNAL span below the active one, for a step that the adapters cannot see. An error of `work` is
 * recorded with status ERROR and rethrown.
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
    markThrown(span, error, 'other');
    throw error;
  } finally {
    span.end();
  }
}

/** Runs `start` outside any trace: the loops and connections it sets up belong to no request. */
export function detached<T>(start: () => T): T {
  return context.with(ROOT_CONTEXT, start);
}

/**
 * Runs `start` in a trace that is not sampled, neither here nor in the services that it calls: for what a process does
 * at an interval, without a request.
 */
export function unsampled<T>(start: () => T): T {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  const spanContext = { traceId: hex(16), spanId: hex(8), traceFlags: TraceFlags.NONE };
  return context.with(trace.setSpanContext(ROOT_CONTEXT, spanContext), start);
}
