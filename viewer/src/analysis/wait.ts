import { KIND_CONSUMER, KIND_PRODUCER, laterOf, type Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';
import type { Trace } from '../store/trace.ts';

export interface QueueWait {
  producer: Span;
  from: bigint;
  to: bigint;
}

/** The producer whose message this span consumes: its parent, or a span it links to in any trace. */
export function producerOf(store: SpanStore, span: Span): Span | undefined {
  if (span.kind !== KIND_CONSUMER) return undefined;
  const named = [{ traceId: span.traceId, spanId: span.parentSpanId }, ...span.links];
  for (const { traceId, spanId } of named) {
    const producer = store.get(traceId)?.ofKind(spanId, KIND_PRODUCER);
    if (producer !== undefined) return producer;
  }
  return undefined;
}

/** How long a message waited in the queue: since it was sent, or since the previous attempt ended. */
export function queueWait(store: SpanStore, span: Span): QueueWait | undefined {
  const producer = producerOf(store, span);
  if (producer === undefined) return undefined;
  let from = producer.endNano;
  for (const other of consumersOf(store, producer)) {
    const same = other.name === span.name && other.origin.service === span.origin.service;
    if (other !== span && same && other.endNano <= span.startNano) from = laterOf(from, other.endNano);
  }
  return from >= span.startNano ? undefined : { producer, from, to: span.startNano };
}

function* consumersOf(store: SpanStore, producer: Span): Iterable<Span> {
  for (const span of store.links.to(producer.traceId, producer.spanId)) if (span.kind === KIND_CONSUMER) yield span;
  const trace = store.get(producer.traceId);
  if (trace !== undefined) yield* consumersByParent(trace).get(producer.spanId) ?? [];
}

const indexes = new WeakMap<Trace, { version: number; byParent: Map<string, Span[]> }>();

function consumersByParent(trace: Trace): Map<string, Span[]> {
  const known = indexes.get(trace);
  if (known?.version === trace.version) return known.byParent;
  const consumers = [...trace.spans.values()].filter(({ kind }) => kind === KIND_CONSUMER);
  const byParent = Map.groupBy(consumers, ({ parentSpanId }) => parentSpanId);
  indexes.set(trace, { version: trace.version, byParent });
  return byParent;
}
