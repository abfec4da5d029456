import type { SpanContext } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { isWritableTime } from './fields.ts';

/** Why a collector would reject a batch with this span; undefined if it would not. */
export function flawOfSpan(span: ReadableSpan): string | undefined {
  if (![span.spanContext(), ...span.links.map(({ context }) => context)].every(hasWritableIds)) return 'invalid_id';
  const times = [span.startTime, span.endTime, ...span.events.map(({ time }) => time)];
  return times.every(isWritableTime) ? undefined : 'invalid_time';
}

/** Ids of zeros are encoded: the specification keeps links without a target. */
function hasWritableIds({ traceId, spanId }: SpanContext): boolean {
  return /^[0-9a-f]{32}$/i.test(traceId) && /^[0-9a-f]{16}$/i.test(spanId);
}
