import { type Attributes, durationNano, isError, type Span, toText } from '../model.ts';
import type { SpanStore } from './store.ts';
import type { Trace } from './trace.ts';

/** A trace is found when one of its spans fulfils all of it. */
export interface TraceQuery {
  service?: string;
  operation?: string;
  /** Each on the span, its resource, its scope or one of its events; `error` is the status. */
  attributes?: ReadonlyArray<readonly [key: string, value: string]>;
  startMin?: bigint;
  startMax?: bigint;
  durationMin?: bigint;
  durationMax?: bigint;
  errorsOnly?: boolean;
  limit: number;
}

/** The newest traces that match, newest first. */
export function findTraces(store: SpanStore, query: TraceQuery): Trace[] {
  const { service = '', operation = '', startMin = 0n } = query;
  if (service !== '' && !store.services.has(service, operation)) return [];
  const candidates: Trace[] = [];
  for (const trace of store.all(service)) {
    if (trace.endNano >= startMin && (query.startMax === undefined || trace.startNano <= query.startMax)) {
      candidates.push(trace);
    }
  }
  // Arrival is nearly the order of start, and sorting what is nearly sorted costs next to nothing.
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
  return (span) =>
    (service === '' || span.origin.service === service) &&
    (operation === '' || span.name === operation) &&
    (!errorsOnly || isError(span)) &&
    (startMin === undefined || span.startNano >= startMin) &&
    (startMax === undefined || span.startNano <= startMax) &&
    (durationMin === undefined || durationNano(span) >= durationMin) &&
    (durationMax === undefined || durationNano(span) <= durationMax) &&
    attributes.every(([key, value]) => hasAttribute(span, key, value));
}

function hasAttribute(span: Span, key: string, value: string): boolean {
  if (key === 'error' && (value === 'true' || value === 'false')) {
    if (isError(span) === (value === 'true')) return true;
  }
  return (
    holds(span.attributes, key, value) ||
    holds(span.origin.resource.attributes, key, value) ||
    holds(span.origin.scope.attributes, key, value) ||
    span.events.some((event) => holds(event.attributes, key, value))
  );
}

function holds({ keys, values }: Attributes, key: string, value: string): boolean {
  for (let index = 0; index < keys.length; index++) {
    const own = values[index];
    if (keys[index] === key && own !== undefined && toText(own) === value) return true;
  }
  return false;
}
