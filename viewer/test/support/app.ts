import { createApp } from '../../src/app.ts';
import { Ingest } from '../../src/otlp/ingest.ts';
import { SpanStore } from '../../src/store/store.ts';
import { T0 } from './spans.ts';

/**
 * The app of the query port, without a socket, with the spans of these OTLP requests. Its clock is one minute after
 * `T0`.
 */
export function appWith(requests: unknown[], maxSpans = 10_000) {
  const store = new SpanStore({ maxSpans, maxBytes: 2 ** 26 });
  const ingest = new Ingest(store);
  for (const body of requests) ingest.json(JSON.stringify(body));
  const ports = { query: 1, health: 2, otlpGrpc: 3, otlpHttp: 4 };
  const app = createApp({ store, ingest, log: () => {}, now: () => new Date(T0 + 60_000), ports: () => ports });
  const get = async (path: string, params: Record<string, string> = {}): Promise<[status: number, body: string]> => {
    const response = await app.request(`${path}?${new URLSearchParams(params)}`);
    return [response.status, await response.text()];
  };
  return { app, store, get };
}
