import { context, INVALID_TRACEID, type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { RANDOM_FLAG } from '../propagation/trace-context.ts';

/**
 * Sets the random flag, which the SDK does not support: a child inherits its parent's, and traces that start here have
 * random ids. Headers, messages, `traceresponse`, exported spans and links then agree.
 * https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
 */
export function withRandomFlag(provider: TracerProvider): TracerProvider {
  const tracers = new WeakMap<Tracer, Tracer>();
  return {
    getTracer(...scope) {
      const tracer = provider.getTracer(...scope);
      const known = tracers.get(tracer) ?? flagging(tracer);
      tracers.set(tracer, known);
      return known;
    },
  };
}

function flagging(tracer: Tracer): Tracer {
  const flagged: Tracer = Object.create(tracer);
  flagged.startSpan = (name, options, parentContext = context.active()) => {
    const span = tracer.startSpan(name, options, parentContext);
    const own = span.spanContext();
    // All suppressed spans share one context object.
    if (own.traceId === INVALID_TRACEID) return span;
    const parent = trace.getSpanContext(parentContext);
    own.traceFlags |= parent?.traceId === own.traceId ? parent.traceFlags & RANDOM_FLAG : RANDOM_FLAG;
    return span;
  };
  return flagged;
}
