import { setTimeout as sleep } from 'node:timers/promises';
import { renderTree } from './render.ts';
import type { Span } from './span.ts';

/** A sink or a query client. */
export interface TraceSource {
  trace(traceId: string): Span[] | Promise<Span[]>;
}

export interface WaitOptions {
  /** Whether this is the whole trace. */
  until: (spans: Span[]) => boolean;
  /** Default 20 s. */
  timeoutMs?: number;
  /** For how long no span may come after that, so that one too many is seen too. Default 0. */
  settleMs?: number;
}

const POLL_MS = 20;

/**
 * The spans of a trace as soon as `until` says it is complete and it has been quiet for `settleMs`. Rejects after `timeoutMs`
 * with the tree that is there by then. A source that cannot be asked (a viewer that restarts) is asked again.
 */
export async function waitForTrace(
  source: TraceSource,
  traceId: string,
  { until, timeoutMs = 20_000, settleMs = 0 }: WaitOptions,
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
    `Trace ${traceId} is not complete after ${timeoutMs} ms.${reason} It has ${spans.length} spans:\n${renderTree(spans)}`,
    { cause: failure },
  );
}
