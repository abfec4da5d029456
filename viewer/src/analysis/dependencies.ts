import type { SpanStore } from '../store/store.ts';

export interface Dependency {
  parent: string;
  child: string;
  callCount: number;
}

/**
 * Counts as Jaeger's memory store does: every span with a stored parent, of any service, in traces entirely within the
 * window. Links do not count. The services page shows more: see `serviceGraph`.
 */
export function dependencies(store: SpanStore, window: { startMin: bigint; startMax: bigint }): Dependency[] {
  const found = new Map<string, Dependency>();
  for (const trace of store.all()) {
    if (trace.startNano < window.startMin || trace.endNano > window.startMax) continue;
    for (const span of trace.spans.values()) {
      const parent = trace.spans.get(span.parentSpanId)?.origin.service;
      if (parent === undefined) continue;
      const child = span.origin.service;
      const key = JSON.stringify([parent, child]);
      const dependency = found.get(key) ?? { parent, child, callCount: 0 };
      found.set(key, dependency);
      dependency.callCount++;
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dependency]) => dependency);
}
