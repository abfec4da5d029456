import { expect, it } from 'vitest';
import { traceStore } from './trace-store.ts';

it('uses Jaeger or the viewer by default, with its own pages', () => {
  const store = traceStore({}, 'http://127.0.0.1:16686');
  expect(store).toMatchObject({ name: 'jaeger', url: 'http://127.0.0.1:16686', searchDelayMs: 0 });
  expect(store.pageOf('abc')).toBe('http://127.0.0.1:16686/trace/abc');
});

it('uses Tempo with the pages of Grafana when TEMPO_QUERY_URL is set', () => {
  const store = traceStore({ TEMPO_QUERY_URL: 'http://tempo:3200/', GRAFANA_URL: 'http://grafana/' }, 'http://jaeger');
  expect(store).toMatchObject({ name: 'tempo', url: 'http://tempo:3200', searchPage: 'http://grafana/explore' });
  expect(store.searchDelayMs).toBeGreaterThan(0);
  const page = new URL(store.pageOf('abc'));
  expect(page.origin + page.pathname).toBe('http://grafana/explore');
  expect(JSON.parse(page.searchParams.get('panes') ?? '')).toMatchObject({
    trace: { datasource: 'tempo', queries: [{ query: 'abc' }] },
  });
});
