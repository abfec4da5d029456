import type { Span } from '@hotel/trace-test';

/**
 * How long a message waited in the queue, in nanoseconds, since it was sent or since the previous attempt ended. The
 * viewer shows the same figure. Undefined when `known` does not contain the span that sent it.
 */
export function queueWait(span: Span, known: readonly Span[]): bigint | undefined {
  if (span.kind !== 'CONSUMER') return undefined;
  const sources = [{ traceId: span.traceId, spanId: span.parentSpanId ?? '' }, ...span.links];
  const producer = sources
    .map((source) => known.find((other) => other.kind === 'PRODUCER' && isAt(other, source)))
    .find((found) => found !== undefined);
  if (producer === undefined) return undefined;
  let since = producer.endNs;
  for (const other of known) {
    const before = other !== span && isAttempt(other, span, producer) && other.endNs <= span.startNs;
    if (before && other.endNs > since) since = other.endNs;
  }
  return since < span.startNs ? span.startNs - since : undefined;
}

const isAt = (span: Span, { traceId, spanId }: { traceId: string; spanId: string }): boolean =>
  span.spanId === spanId && span.traceId === traceId;

/** Whether a span is another attempt at the same message. */
const isAttempt = (other: Span, span: Span, producer: Span): boolean =>
  other.kind === 'CONSUMER' &&
  other.name === span.name &&
  other.service === span.service &&
  ((other.traceId === producer.traceId && other.parentSpanId === producer.spanId) ||
    other.links.some((link) => isAt(producer, link)));
