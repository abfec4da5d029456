import { buildTree, createQueryClient, type Span } from '@hotel/trace-test';
import { CommandError } from './options.ts';
import { link, paint, type Terminal } from './terminal.ts';
import { renderWaterfall, summarize } from './waterfall.ts';

const HOUR_MS = 3_600_000;

export type TraceReader = ReturnType<typeof createTraceReader>;

/** What the commands ask the viewer or Jaeger at `url`. A viewer that is not there gets a message that says what to do. */
export function createTraceReader(url: string) {
  const client = createQueryClient(url);
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
    /** The id of the newest trace of the last hour that began in one of `services`. */
    async newest(services: readonly string[], now = Date.now()): Promise<string | undefined> {
      const span = { startMs: now - HOUR_MS, endMs: now + 60_000 };
      const searches = services.map((service) => client.search({ service, ...span, limit: 100 }));
      const traces = (await ask(() => Promise.all(searches))).flat();
      const firsts = traces.map(firstSpan).filter((first) => services.includes(first?.service ?? ''));
      return firsts.toSorted((a, b) => Number((b?.startNs ?? 0n) - (a?.startNs ?? 0n)))[0]?.traceId;
    },
  };
}

/** Where a trace begins: its root, or a span whose parent is a caller's that is not recorded here. */
function firstSpan(spans: readonly Span[]): Span | undefined {
  const { roots, orphans } = buildTree(spans);
  return (roots[0] ?? orphans[0])?.span;
}

/** The waterfall with a headline, and the link to the same trace in a browser. */
export function showTrace(id: string, spans: readonly Span[], url: string, terminal: Terminal): string {
  const page = `${url}/trace/${id}`;
  return [
    `${paint(terminal, 'bold', `Trace ${id}`)}: ${summarize(spans)}`,
    '',
    renderWaterfall(spans, { terminal }),
    '',
    link(terminal, page, page),
  ].join('\n');
}
