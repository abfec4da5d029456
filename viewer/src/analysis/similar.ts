import { findTraces } from '../store/search.ts';
import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';
import { summarize, type TraceSummary } from './summary.ts';

/** How often each operation of each service occurs in a trace. */
interface Signature {
  version: number;
  counts: Map<string, number>;
}

export interface Similar {
  trace: Trace;
  summary: TraceSummary;
  /** 1: the same operations equally often; 0: nothing in common. */
  likeness: number;
}

/** Maximum number of traces to compare, since each comparison takes time. */
const CANDIDATES = 40;

const signatures = new WeakMap<Trace, Signature>();

/**
 * Traces to compare with this one: those with the same root operation, or else of its first service. Most similar
 * first.
 */
export function similarTraces(store: SpanStore, trace: Trace, limit: number): Similar[] {
  const { rootService, rootOperation, services } = summarize(trace);
  const service = rootService || (services[0]?.name ?? '');
  const among = (operation: string): Similar[] =>
    findTraces(store, { service, operation, limit: CANDIDATES })
      .filter((other) => other !== trace)
      .map((other) => ({ trace: other, summary: summarize(other), likeness: likeness(trace, other) }))
      .filter((candidate) => candidate.likeness > 0);
  const alike = among(rootOperation).filter(
    ({ summary }) => summary.rootService === rootService && summary.rootOperation === rootOperation,
  );
  // Newest first; the stable sort keeps that order among equals.
  return (alike.length > 0 ? alike : among('')).sort((a, b) => b.likeness - a.likeness).slice(0, limit);
}

/** Size of the intersection divided by size of the union. */
function likeness(a: Trace, b: Trace): number {
  const [left, right] = [signatureOf(a), signatureOf(b)];
  let common = 0;
  for (const [key, count] of left) common += Math.min(count, right.get(key) ?? 0);
  return common / Math.max(1, a.spans.size + b.spans.size - common);
}

function signatureOf(trace: Trace): Map<string, number> {
  const known = signatures.get(trace);
  if (known?.version === trace.version) return known.counts;
  const counts = new Map<string, number>();
  for (const { kind, origin, name, statusCode } of trace.spans.values()) {
    const key = [kind, statusCode, origin.service, name].join('\0');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  signatures.set(trace, { version: trace.version, counts });
  return counts;
}
