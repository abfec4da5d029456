import { setTimeout as sleep } from 'node:timers/promises';
import { renderTree } from './match/render.ts';
import type { Span } from './span.ts';

/** A sink or a query client. */
export interface TraceSource {
  trace(traceId: string): Span[] | Promise<Span[]>;
}

export interface WaitOptions {
  /** Whether the trace is complete. */
  until: (spans: Span[]) => boolean;
  /** Default 60 s. */
  timeoutMs?: number;
  /** How long no further span may arrive after that, so that an extra span is noticed too. Default 0. */
  settleMs?: number;
}

const POLL_MS = 20;

/**
 * Resolves to the spans of a trace once `until` holds and no span has arrived for `settleMs`. Rejects after `timeoutMs` with the
 * tree received so far. A source that fails (a viewer that restarts) is asked again.
 */
export async function waitForTrace(
  source: TraceSource,
  traceId: string,
  { until, timeoutMs = 60_000, settleMs = 0 }: WaitOptions,
): Promise<Span[]> {
  const deadline = performance.now() + timeoutMs;
  let spans: Span[] = [];
  let failure: unknown;
  let quietSince = performance.now();
  for (;;) {
    try {
      const before = spans.length;
      spans = await source.trace(traceId);
      failure = undefined;
      if (spans.length !== before) quietSince = performance.now();
    } catch (error) {
      failure = error;
    }
    if (failure === undefined && until(spans) && performance.now() - quietSince >= settleMs) return spans;
    if (performance.now() >= deadline) break;
    await sleep(POLL_MS);
  }
  const reason = failure instanceof Error ? `\nThe last attempt to read it failed: ${failure.message}` : '';
  throw new Error(
    `Trace ${traceId} is not complete after ${timeoutMs} ms. Its spans so far (${spans.length}):\n${renderTree(spans)}${reason}`,
    { cause: failure },
  );
}
