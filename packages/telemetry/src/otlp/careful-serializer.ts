import type { SpanContext } from '@opentelemetry/api';
import type { IExportTraceServiceResponse, ISerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isWritableTime } from './trace-serializer.ts';

type TraceSerializer = ISerializer<ReadableSpan[], IExportTraceServiceResponse>;

/** Receives the number of spans that will never be delivered. @param detail the collector's message, for the log. */
export type OnDrop = (count: number, reason: string, detail?: string) => void;

interface Options {
  /** Tried first; may throw. If undefined, every request is checked span by span. */
  fast?: TraceSerializer;
  /** Writes the request without the spans that a collector would reject. */
  thorough: TraceSerializer;
  onDrop: OnDrop;
}

/**
 * A serializer that drops and counts spans that cannot be encoded, where others throw: nothing catches a serializer's
 * error during an export, and a collector rejects a whole batch for one id of the wrong length. It also counts the
 * spans that a collector rejects in a partial success.
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
        // The code below finds the span.
      }
      return thorough.serializeRequest(spans.filter(hasNoFlaw));
    },
    deserializeResponse(data) {
      const { partialSuccess } = thorough.deserializeResponse(data);
      // A faulty collector must not report more spans than were sent.
      const rejected = Math.min(Number(partialSuccess?.rejectedSpans ?? 0), largestRequest);
      if (rejected > 0) onDrop(rejected, 'rejected', partialSuccess?.errorMessage);
      // Emptied, because the SDK would log it once per batch.
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

/** Ids of zeros are encoded: the specification keeps links without a target. */
function hasWritableIds({ traceId, spanId }: SpanContext): boolean {
  return /^[0-9a-f]{32}$/i.test(traceId) && /^[0-9a-f]{16}$/i.test(spanId);
}
