import { setTimeout as sleep } from 'node:timers/promises';
import { buildTree, type Span } from '@hotel/trace-test';

/** The last span of a booking's trace: the worker's confirmation to dispo. */
const CONFIRMATION = /^PUT \/internal\/v1\/bookings\/:id\/cleaning$/;
/** Processes export spans every 200 ms: after this long without a new one, the trace is complete. */
const SETTLE_MS = 500;
/** A trace with no newer span than this is complete. */
const OLD_MS = 5_000;
const POLL_MS = 50;

/** Whether every span is reachable from one root. The root's parent may be an unrecorded span of the caller. */
export function isConnected(spans: readonly Span[]): boolean {
  const { roots, orphans } = buildTree(spans);
  return roots.length + orphans.length === 1;
}

/** Whether the trace of a booking contains the worker's confirmation. */
export function isConfirmed(spans: readonly Span[]): boolean {
  return spans.some(
    ({ kind, name, status }) => kind === 'SERVER' && CONFIRMATION.test(name) && status.code !== 'ERROR',
  );
}

export interface FollowOptions {
  until: (spans: readonly Span[]) => boolean;
  timeoutMs: number;
  settleMs?: number;
}

/** Reads a trace until `until` accepts it and no spans arrive any more (`complete`), or until the time limit. */
export async function followTrace(
  source: { trace(id: string): Promise<Span[]> },
  id: string,
  { until, timeoutMs, settleMs = SETTLE_MS }: FollowOptions,
): Promise<{ spans: Span[]; complete: boolean }> {
  const giveUpAt = Date.now() + timeoutMs;
  let size = -1;
  let since = Date.now();
  for (;;) {
    const spans = await source.trace(id);
    if (spans.length !== size) {
      size = spans.length;
      since = Date.now();
    }
    const complete = until(spans);
    if (complete && (Date.now() - since >= settleMs || isOld(spans))) return { spans, complete };
    if (Date.now() >= giveUpAt) return { spans, complete };
    await sleep(POLL_MS);
  }
}

/** Whether no more spans are expected. */
export function isOld(spans: readonly Span[]): boolean {
  return spans.every(({ endNs }) => Number(endNs / 1_000_000n) < Date.now() - OLD_MS);
}
