import type { SpanContext } from '@opentelemetry/api';
import type { IExportTraceServiceResponse, ISerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isWritableTime } from './trace-serializer.ts';

type TraceSerializer = ISerializer<ReadableSpan[], IExportTraceServiceResponse>;

/** Receives spans that will never be delivered. @param detail what the collector said, for the log. */
export type OnDrop = (count: number, reason: string, detail?: string) => void;

interface Options {
  /** Tried first; it may throw. Undefined: every request is checked span by span. */
  fast?: TraceSerializer;
  /** Writes the request without the spans that no collector would take. */
  thorough: TraceSerializer;
  onDrop: OnDrop;
}

/**
 * A serializer that drops the spans that cannot be written, and counts them, where others throw: nothing catches what a
 * serializer throws while a batch is exported, and a collector rejects a whole batch for one id of the wrong length. Spans that a
 * collector rejects in a partial success are counted as well.
 */
export function createCarefulSerializer({ fast, thorough, onDrop }: Options): TraceSerializer {
  let largestRequest = 0;

  function hasNoFlaw(span: ReadableSpan): boolean {
    const flaw = flawOf(span, thorough);
    if (flaw) onDrop(1, flaw);
    return !flaw;
  }

  return {
    serializeRequest(spans) {
      largestRequest = Math.max(largestRequest, spans.length);
      try {
        if (fast) return fast.serializeRequest(spans);
      } catch {
        // Which span it was is found out below.
      }
      return thorough.serializeRequest(spans.filter(hasNoFlaw));
    },
    deserializeResponse(data) {
      const { partialSuccess } = thorough.deserializeResponse(data);
      // A collector that lies must not make up spans that never were.
      const rejected = Math.min(Number(partialSuccess?.rejectedSpans ?? 0), largestRequest);
      if (rejected > 0) onDrop(rejected, 'rejected', partialSuccess?.errorMessage);
      // Nothing is left for the SDK to log, which would do so once a batch.
      return {};
    },
  };
}

function flawOf(span: ReadableSpan, serializer: TraceSerializer): string | undefined {
  try {
    if (![span.spanContext(), ...span.links.map(({ context }) => context)].every(hasWritableIds)) return 'invalid_id';
    const times = [span.startTime, span.endTime, ...span.events.map(({ time }) => time)];
    if (!times.every(isWritableTime)) return 'invalid_time';
    serializer.serializeRequest([span]);
    return undefined;
  } catch {
    return 'not_serializable';
  }
}

/** Zeros are writable: the specification keeps a link that leads nowhere. */
function hasWritableIds({ traceId, spanId }: SpanContext): boolean {
  return /^[0-9a-f]{32}$/i.test(traceId) && /^[0-9a-f]{16}$/i.test(spanId);
}
