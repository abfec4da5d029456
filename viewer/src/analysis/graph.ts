import { attribute, durationNano, isError, KIND_CONSUMER, type Span, toText } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import { producerOf, type QueueWait, queueWait } from './wait.ts';

export interface Edge {
  from: string;
  to: string;
  via: 'call' | 'queue';
  /** Queue names, if the edge is a queue. */
  queues: Set<string>;
  calls: number;
  errors: number;
  /** Durations of the callee's spans, ascending. */
  durations: number[];
  /** Queue waits in nanoseconds, ascending; empty for calls. */
  waits: number[];
}

export interface ServiceNode {
  name: string;
  spans: number;
  errors: number;
}

export interface Graph {
  services: ServiceNode[];
  edges: Edge[];
}

/**
 * The calls between services, from stored spans that start at `startMin` or later: every span caused by a span of
 * another service. A consumer's cause is its producer, by parent or link (counted once); any other span's cause is its
 * parent.
 */
export function serviceGraph(store: SpanStore, startMin = 0n): Graph {
  const services = new Map<string, ServiceNode>();
  const edges = new Map<string, Edge>();
  for (const trace of store.all()) {
    if (trace.endNano < startMin) continue;
    for (const span of trace.spans.values()) {
      if (span.startNano < startMin) continue;
      const name = span.origin.service;
      const service = services.get(name) ?? { name, spans: 0, errors: 0 };
      services.set(name, service);
      service.spans++;
      if (isError(span)) service.errors++;
      const producer = producerOf(store, span);
      const cause = producer ?? trace.parentOf(span);
      if (cause === undefined || (cause.origin.service === name && producer === undefined)) continue;
      const wait = producer && queueWait(store, span);
      count(edges, cause, span, producer !== undefined || span.kind === KIND_CONSUMER, wait);
    }
  }
  for (const edge of edges.values()) {
    edge.durations.sort((a, b) => a - b);
    edge.waits.sort((a, b) => a - b);
  }
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    services: [...services.values()].sort((a, b) => byName(a.name, b.name)),
    edges: [...edges.values()].sort((a, b) => byName(a.from, b.from) || byName(a.to, b.to) || byName(a.via, b.via)),
  };
}

function count(edges: Map<string, Edge>, cause: Span, span: Span, queue: boolean, wait?: QueueWait): void {
  const via = queue ? 'queue' : 'call';
  const [from, to] = [cause.origin.service, span.origin.service];
  const key = JSON.stringify([from, to, via]);
  let edge = edges.get(key);
  if (edge === undefined) {
    edge = { from, to, via, queues: new Set(), calls: 0, errors: 0, durations: [], waits: [] };
    edges.set(key, edge);
  }
  edge.calls++;
  if (isError(span)) edge.errors++;
  edge.durations.push(Number(durationNano(span)));
  if (!queue) return;
  const destination = attribute(span.attributes, 'messaging.destination.name');
  if (destination !== undefined && edge.queues.size < 20) edge.queues.add(toText(destination));
  if (wait !== undefined) edge.waits.push(Number(wait.to - wait.from));
}

/** `sorted` is ascending; undefined if it is empty. */
export function percentile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}
