import { durationNano, isError, type Span } from '../model.ts';
import { attributeMatcher } from './attribute-search.ts';
import type { SpanStore } from './store.ts';
import type { Trace } from './trace.ts';

/** A trace matches if one of its spans fulfils all conditions. */
export interface TraceQuery {
  service?: string;
  operation?: string;
  /** See `attributeMatcher`. */
  attributes?: ReadonlyArray<readonly [key: string, value: string]>;
  startMin?: bigint;
  startMax?: bigint;
  durationMin?: bigint;
  durationMax?: bigint;
  errorsOnly?: boolean;
  limit: number;
}

/** The limit exceeds the capacity of the store. Jaeger's memory store rejects it too. */
export class SearchTooDeep extends Error {}

/** A small store still accepts the default limits of searches. */
const SMALLEST_BOUND = 1500;

/** Throws SearchTooDeep. */
export function checkLimit(store: SpanStore, { limit }: TraceQuery): void {
  const most = Math.max(store.stats().maxSpans, SMALLEST_BOUND);
  if (limit > most) throw new SearchTooDeep(`search depth must be greater than 0 and at most ${most}, got ${limit}`);
}

/** Matching traces, newest first. */
export function findTraces(store: SpanStore, query: TraceQuery): Trace[] {
  const { service = '', operation = '', startMin = 0n } = query;
  if (service !== '' && !store.services.has(service, operation)) return [];
  const candidates: Trace[] = [];
  for (const trace of store.all(service)) {
    if (trace.endNano >= startMin && (query.startMax === undefined || trace.startNano <= query.startMax)) {
      candidates.push(trace);
    }
  }
  // Traces arrive nearly in order of start, and sorting nearly sorted input is cheap.
  candidates.sort((a, b) => (a.startNano < b.startNano ? -1 : a.startNano > b.startNano ? 1 : 0));
  const matches = spanMatcher(query);
  const found: Trace[] = [];
  for (let index = candidates.length - 1; index >= 0 && found.length < query.limit; index--) {
    const trace = candidates[index] as Trace;
    for (const span of trace.spans.values()) {
      if (matches(span)) {
        found.push(trace);
        break;
      }
    }
  }
  return found;
}

function spanMatcher(query: TraceQuery): (span: Span) => boolean {
  const { service = '', operation = '', attributes = [], errorsOnly = false } = query;
  const { startMin, startMax, durationMin, durationMax } = query;
  const hasAttributes = attributes.map(([key, value]) => attributeMatcher(key, value));
  return (span) =>
    (service === '' || span.origin.service === service) &&
    (operation === '' || span.name === operation) &&
    (!errorsOnly || isError(span)) &&
    (startMin === undefined || span.startNano >= startMin) &&
    (startMax === undefined || span.startNano <= startMax) &&
    (durationMin === undefined || durationNano(span) >= durationMin) &&
    (durationMax === undefined || durationNano(span) <= durationMax) &&
    hasAttributes.every((has) => has(span));
}
