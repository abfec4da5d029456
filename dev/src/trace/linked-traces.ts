import { setTimeout as sleep } from 'node:timers/promises';
import { buildTree, type Span, type SpanNode } from '@hotel/trace-test';
import { extent } from '../cli/time.ts';
import { followTrace, isConnected } from './complete.ts';

/** A trace that is linked with the requested one. */
export interface LinkedTrace {
  id: string;
  spans: Span[];
  /** `onward`: the requested trace links to it; `back`: it links to the requested trace. */
  direction: 'onward' | 'back';
}

/** The queries that this file needs. */
export interface LinkSource {
  trace(id: string): Promise<Span[]>;
  /** Traces with a span that links to a span of the trace `id`. */
  linkingTo(id: string, spans: readonly Span[]): Promise<Span[][]>;
}

const MOST_LINKED = 20;
const SETTLE_WITHIN_MS = 1_000;
const POLL_MS = 100;

export interface LinkedOptions {
  /** Whether the result is complete. */
  until: (spans: readonly Span[], linked: readonly LinkedTrace[]) => boolean;
  timeoutMs: number;
}

export interface Followed {
  spans: Span[];
  linked: LinkedTrace[];
  complete: boolean;
}

/** Reads a trace and its linked traces, in both directions, until they are complete or the time limit has passed. */
export async function followLinked(
  source: LinkSource,
  id: string,
  { until, timeoutMs }: LinkedOptions,
): Promise<Followed> {
  const giveUpAt = Date.now() + timeoutMs;
  for (;;) {
    const left = Math.max(0, giveUpAt - Date.now());
    const { spans } = await followTrace(source, id, { until: isConnected, timeoutMs: left });
    const linked = spans.length > 0 ? await readLinked(source, id, spans) : [];
    const complete = isConnected(spans) && until(spans, linked);
    if (complete || Date.now() >= giveUpAt) return { spans, linked, complete };
    await sleep(POLL_MS);
  }
}

/** Whether the trace contains a sent message that was not processed in it, but perhaps in another trace. */
export function isProcessedElsewhere(spans: readonly Span[]): boolean {
  const { roots, orphans } = buildTree(spans);
  const isSent = ({ span, children }: SpanNode): boolean =>
    (span.kind === 'PRODUCER' && !children.some((child) => child.span.kind === 'CONSUMER')) || children.some(isSent);
  return [...roots, ...orphans].some(isSent);
}

async function readLinked(source: LinkSource, id: string, spans: readonly Span[]): Promise<LinkedTrace[]> {
  const back = (await source.linkingTo(id, spans)).map((trace) => trace[0]?.traceId ?? id);
  const onward = spans.flatMap(({ links }) => links.map(({ traceId }) => traceId));
  const directions = new Map<string, LinkedTrace['direction']>();
  for (const other of back) directions.set(other, 'back');
  for (const other of onward) directions.set(other, 'onward');
  directions.delete(id);

  const wanted = [...directions].slice(0, MOST_LINKED);
  const found = await Promise.all(
    wanted.map(async ([other, direction]) => {
      const { spans: all } = await followTrace(source, other, { until: isConnected, timeoutMs: SETTLE_WITHIN_MS });
      return { id: other, spans: all, direction };
    }),
  );
  // Omits callers' traces that were not recorded here.
  const begin = ({ spans: all }: LinkedTrace) => Number(extent(all).start);
  return found.filter(({ spans: all }) => all.length > 0).toSorted((a, b) => begin(a) - begin(b));
}
