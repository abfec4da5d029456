import { CommandError } from '@hotel/cli';
import { buildTree, type Span } from '@hotel/trace-test';
import { link, paint, type Terminal } from '../cli/terminal.ts';
import { extent } from '../cli/time.ts';
import type { LinkedTrace } from './linked-traces.ts';
import type { TraceStore } from './trace-store.ts';
import { renderWaterfall, summarize } from './waterfall.ts';

const HOUR_MS = 3_600_000;

export type TraceReader = ReturnType<typeof createTraceReader>;

/** Queries of the commands to the trace store. If it is unreachable, the error explains what to do. */
export function createTraceReader({ client }: TraceStore) {
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      return await question();
    } catch (error) {
      throw new CommandError(
        `${(error as Error).message}\nIf the hotel does not run, start it with \`npx -y pnpm@12 dev\`.`,
      );
    }
  };
  return {
    trace: (id: string): Promise<Span[]> => ask(() => client.trace(id)),
    /** Traces with a link to a span of this one. No store has an index of links, so the traces of that time are searched. */
    linkingTo: (id: string, spans: readonly Span[]): Promise<Span[][]> =>
      ask(async () => {
        const { start, end } = extent(spans);
        const window = { startMs: Number(start / 1_000_000n), endMs: Number(end / 1_000_000n) + HOUR_MS };
        const services = await client.services();
        const searches = services.map((service) => client.search({ service, ...window, limit: 100 }));
        const traces = new Map((await Promise.all(searches)).flat().map((trace) => [trace[0]?.traceId, trace]));
        traces.delete(id);
        return [...traces.values()].filter((trace) =>
          trace.some(({ links }) => links.some(({ traceId }) => traceId === id)),
        );
      }),
    /** The id of the newest trace of the last hour that matches. */
    async newest({ with: participant, from }: TraceFilter, now = Date.now()): Promise<string | undefined> {
      const span = { startMs: now - HOUR_MS, endMs: now + 60_000 };
      const services = from ?? (participant === undefined ? await ask(() => client.services()) : [participant]);
      const searches = services.map((service) => client.search({ service, ...span, limit: 100 }));
      const firsts = (await ask(() => Promise.all(searches)))
        .flat()
        .map(firstSpan)
        .filter((first) => first !== undefined)
        .filter(({ service }) => !from || from.includes(service));
      const newest = firsts.toSorted((a, b) => Number(b.startNs - a.startNs))[0];
      const cause =
        newest?.kind === 'CONSUMER' ? newest.links.find(({ traceId }) => traceId !== newest.traceId) : undefined;
      // A message processed in a trace of its own: prefer the trace of the request that sent it, which is printed first.
      const isThere = cause && firsts.some(({ traceId }) => traceId === cause.traceId);
      return isThere ? cause.traceId : newest?.traceId;
    },
  };
}

/** Selects traces. Default: all. */
export interface TraceFilter {
  /** This service must have taken part. */
  with?: string;
  /** One of these services must have started it. */
  from?: readonly string[];
}

/** The first span of a trace: its root, or a span whose parent is an unrecorded caller. */
function firstSpan(spans: readonly Span[]): Span | undefined {
  const { roots, orphans } = buildTree(spans);
  return (roots[0] ?? orphans[0])?.span;
}

/** The waterfall with a headline, and the link to the same trace in a browser. */
export function showTrace(
  id: string,
  spans: readonly Span[],
  store: TraceStore,
  { terminal, linked }: { terminal: Terminal; linked: readonly Span[] },
): string {
  const page = store.pageOf(id);
  return [
    `${paint(terminal, 'bold', `Trace ${id}`)}: ${summarize(spans)}`,
    '',
    renderWaterfall(spans, { terminal, linked }),
    '',
    link(terminal, page, page),
  ].join('\n');
}

const relations: Record<LinkedTrace['direction'], string> = {
  onward: 'The trace above links to this one',
  back: 'This one links to the trace above',
};

/** The traces that are linked with the trace `asked`, to print below it. */
export function showLinked(
  linked: readonly LinkedTrace[],
  asked: readonly Span[],
  store: TraceStore,
  { terminal, times }: { terminal: Terminal; times: boolean },
): string {
  return linked
    .map(({ id, spans, direction }) => {
      const what = times
        ? showTrace(id, spans, store, { terminal, linked: asked })
        : renderWaterfall(spans, { terminal, times });
      return `\n${relations[direction]}:\n\n${what}`;
    })
    .join('\n');
}
