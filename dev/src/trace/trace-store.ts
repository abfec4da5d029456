import { tracePages } from '@hotel/http/trace-pages';
import { createQueryClient, createTempoClient, type QueryClient } from '@hotel/trace-test';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where traces are read, and where a person looks at one. */
export interface TraceStore {
  url: string;
  client: QueryClient;
  pageOf(traceId: string): string;
}

/** Tempo where `TEMPO_QUERY_URL` says so, with Grafana (`GRAFANA_URL`, default port 3000) for its pages; else Jaeger or the viewer. */
export function traceStore(env: Environment, jaeger: string): TraceStore {
  const tempo = env.TEMPO_QUERY_URL?.replace(/\/+$/, '');
  if (!tempo) return { url: jaeger, client: createQueryClient(jaeger), pageOf: tracePages(jaeger).trace };
  const grafana = (env.GRAFANA_URL || 'http://localhost:3000').replace(/\/+$/, '');
  return { url: tempo, client: createTempoClient(tempo), pageOf: (id) => grafana + explorePath(id) };
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
