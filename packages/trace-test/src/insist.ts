import { expectTrace, type MatchOptions, matchTrace } from './match/match.ts';
import type { SpanShape } from './shape.ts';
import type { Span } from './span.ts';
import type { TracedSystem } from './start-traced.ts';
import { type TraceSource, waitForTrace } from './wait.ts';

/** Processes export spans every 200 ms: what has not arrived after this will not arrive. */
const SETTLE_MS = 500;

/**
 * Waits until a trace has exactly the expected shape, both in the raw OTLP and through the query API.
 * @returns its spans as they were sent.
 * @throws the error of `expectTrace` if it differs after `timeoutMs` (60 s).
 */
export async function insistOnTrace(
  traced: Pick<TracedSystem, 'sink' | 'query'>,
  traceId: string,
  shape: SpanShape,
  { timeoutMs = 60_000, ...options }: MatchOptions & { timeoutMs?: number } = {},
): Promise<Span[]> {
  const until = (spans: Span[]) => matchTrace(spans, shape, options).length === 0;
  const raw = await settled(traced.sink, traceId, until, timeoutMs);
  expectTrace(raw, shape, options);
  expectTrace(await settled(traced.query, traceId, until, timeoutMs), shape, options);
  return raw;
}

/** The trace once it has the shape and no more spans arrive, or as it is at the timeout: the comparison then reports the differences. */
async function settled(
  source: TraceSource,
  traceId: string,
  until: (spans: Span[]) => boolean,
  timeoutMs: number,
): Promise<Span[]> {
  try {
    return await waitForTrace(source, traceId, { until, timeoutMs, settleMs: SETTLE_MS });
  } catch {
    return await source.trace(traceId);
  }
}
