import { tracePages } from '@hotel/http/trace-pages';
import { createQueryClient, createTempoClient, type QueryClient } from '@hotel/trace-test';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where traces are read, and where a person looks at one. */
export interface TraceStore {
  name: 'jaeger' | 'tempo';
  url: string;
  client: QueryClient;
  /** How long after its last span a search finds a trace, in milliseconds. By its id every store has it at once. */
  searchDelayMs: number;
  searchPage: string;
  pageOf(traceId: string): string;
}

/** Tempo's `trace_idle_period` and `flush_check_period` as deploy/ sets them (1 s each), and time for the search itself. */
const TEMPO_SEARCH_DELAY_MS = 3_000;

/** Tempo where `TEMPO_QUERY_URL` says so, with Grafana (`GRAFANA_URL`, default port 3000) for its pages; else Jaeger or the viewer. */
export function traceStore(env: Environment, jaeger: string): TraceStore {
  const tempo = env.TEMPO_QUERY_URL?.replace(/\/+$/, '');
  if (!tempo) {
    const [client, pageOf] = [createQueryClient(jaeger), tracePages(jaeger).trace];
    return { name: 'jaeger', url: jaeger, client, searchDelayMs: 0, searchPage: `${jaeger}/search`, pageOf };
  }
  const grafana = (env.GRAFANA_URL || 'http://localhost:3000').replace(/\/+$/, '');
  return {
    name: 'tempo',
    url: tempo,
    client: createTempoClient(tempo),
    searchDelayMs: TEMPO_SEARCH_DELAY_MS,
    searchPage: `${grafana}/explore`,
    pageOf: (id) => grafana + explorePath(id),
  };
}

/** Grafana's Explore page for a trace, in the data source whose uid is `tempo`, as ours are provisioned. */
function explorePath(traceId: string): string {
  const panes = {
    trace: {
      datasource: 'tempo',
      queries: [{ refId: 'A', datasource: { type: 'tempo', uid: 'tempo' }, queryType: 'traceql', query: traceId }],
      range: { from: 'now-1h', to: 'now' },
    },
  };
  return `/explore?${new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) })}`;
}
