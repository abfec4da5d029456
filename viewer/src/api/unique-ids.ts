import { KIND_CLIENT, KIND_SERVER, type Span } from '../model.ts';
import type { Trace } from '../store/trace.ts';

/**
 * The spans by start, with unique ids, which Jaeger's pages expect. A server that shares its client's id, as
 * Zipkin-style tracers send it, gets a new id below the client, and the children of both become the server's. Jaeger
 * adjusts such traces the same way.
 */
export function withUniqueIds(trace: Trace): Span[] {
  const spans = trace.sorted();
  if (!trace.hasSharedIds) return spans;
  const ids = newServerIds(trace);
  return spans.map((span) => {
    const own = ids.get(span);
    if (own !== undefined) return { ...span, spanId: own, parentSpanId: span.spanId };
    const parent = trace.parentOf(span);
    const parentSpanId = parent && ids.get(parent);
    return parentSpanId === undefined ? span : { ...span, parentSpanId };
  });
}

/** Assigns the smallest unused ids. */
function newServerIds(trace: Trace): Map<Span, string> {
  const ids = new Map<Span, string>();
  let last = 0;
  const next = (): string => (++last).toString(16).padStart(16, '0');
  for (const span of trace.spans.values()) {
    if (span.kind !== KIND_SERVER || trace.ofKind(span.spanId, KIND_CLIENT) === undefined) continue;
    let id = next();
    while (trace.spans.has(id)) id = next();
    ids.set(span, id);
  }
  return ids;
}
