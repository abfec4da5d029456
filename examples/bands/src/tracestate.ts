import { annotate } from '@hotel/telemetry';
import { context, createTraceState, type Span, trace } from '@opentelemetry/api';

/** Our key in `tracestate`. Each vendor on the path has its own key and leaves the others alone. */
const MEMBER = 'bands';
const ATTR_TRACESTATE = 'bands.tracestate';

/** Runs `work` below `span` and propagates `bands=<value>` to every service that it calls. */
export function withMember<T>(span: Span, value: string, work: () => T): T {
  const here = span.spanContext();
  const traceState = (here.traceState ?? createTraceState()).set(MEMBER, value);
  return context.with(trace.setSpanContext(context.active(), { ...here, traceState }), work);
}

/** Records the caller's value as an attribute of the active span, to show that it arrived. */
export function recordMember(): void {
  const value = trace.getActiveSpan()?.spanContext().traceState?.get(MEMBER);
  if (value !== undefined) annotate({ [ATTR_TRACESTATE]: value });
}
