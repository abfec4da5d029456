import { KIND_CONSUMER, KIND_PRODUCER, type Span } from '../model.ts';
import type { SpanStore } from '../store/store.ts';

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
    const candidate = store.get(traceId)?.spans.get(spanId);
    if (candidate?.kind === KIND_PRODUCER) return candidate;
  }
  return undefined;
}

/** How long a message lay in the queue: from the end of sending it to the start of processing it. */
export function queueWait(store: SpanStore, span: Span): QueueWait | undefined {
  const producer = producerOf(store, span);
  if (producer === undefined || producer.endNano >= span.startNano) return undefined;
  return { producer, from: producer.endNano, to: span.startNano };
}
