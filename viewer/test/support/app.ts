import { createApp } from '../../src/app.ts';
import { Ingest } from '../../src/otlp/ingest.ts';
import { openStores } from '../../src/store/stores.ts';
import { T0 } from './spans.ts';

/** The app of the query port, without a socket, with the contents of these OTLP requests. Its clock is one minute after `T0`. */
export function appWith(requests: unknown[], { maxSpans = 10_000, now = () => new Date(T0 + 60_000) } = {}) {
  const stores = openStores({ maxSpans, maxBytes: 2 ** 26 });
  const ingest = new Ingest(stores);
  for (const body of requests) ingest.file(JSON.stringify(body));
  const stopping = new AbortController();
  const ports = { query: 1, health: 2, otlpGrpc: 3, otlpHttp: 4 };
  const app = createApp({
    stores,
    ingest,
    log: () => {},
    now,
    ports: () => ports,
    stopping: stopping.signal,
  });
  const get = async (path: string, params: Record<string, string> = {}): Promise<[status: number, body: string]> => {
    const response = await app.request(`${path}?${new URLSearchParams(params)}`);
    return [response.status, await response.text()];
  };
  return { app, store: stores.traces, stores, ingest, stopping, get };
}
