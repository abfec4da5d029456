import { tracePages } from '@hotel/http/trace-pages';
import { createQueryClient, createTempoClient, type QueryClient } from '@hotel/trace-test';

type Environment = Readonly<Record<string, string | undefined>>;

/** A store of traces and its web pages. */
export interface TraceStore {
  name: 'jaeger' | 'tempo';
  url: string;
  client: QueryClient;
  /** Delay in milliseconds until a search finds a trace. Lookups by id have no delay. */
  searchDelayMs: number;
  searchPage: string;
  pageOf(traceId: string): string;
}

/** Tempo's `trace_idle_period` and `flush_check_period` in deploy/ (1 s each), and time for the search itself. */
const TEMPO_SEARCH_DELAY_MS = 3_000;

/** Tempo if `TEMPO_QUERY_URL` is set, with the pages of Grafana (`GRAFANA_URL`, default port 3000); else Jaeger or the viewer. */
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

/** Grafana's Explore page for a trace in the provisioned data source `tempo`. */
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
