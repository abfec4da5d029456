import { annotate } from '@hotel/telemetry';
import { context, createTraceState, type Span, trace } from '@opentelemetry/api';

/** Our member of `tracestate`. A key of one's own: everybody on the way may have one, and nobody touches another's. */
const MEMBER = 'bands';
const ATTR_TRACESTATE = 'bands.tracestate';

/** Runs `work` below `span`, with `bands=<value>` going along to every service that is called from there. */
export function withMember<T>(span: Span, value: string, work: () => T): T {
  const here = span.spanContext();
  const traceState = (here.traceState ?? createTraceState()).set(MEMBER, value);
  return context.with(trace.setSpanContext(context.active(), { ...here, traceState }), work);
}

/** Writes what the caller has put there onto the active span, so that it can be seen that it arrived. */
export function tellMember(): void {
  const value = trace.getActiveSpan()?.spanContext().traceState?.get(MEMBER);
  if (value !== undefined) annotate({ [ATTR_TRACESTATE]: value });
}
