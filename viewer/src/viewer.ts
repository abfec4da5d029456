import { createServer, type Server } from 'node:http';
import { networkInterfaces } from 'node:os';
import { getRequestListener } from '@hono/node-server';
import { createApp } from './app.ts';
import type { Ports } from './config.ts';
import { closeHttp, listenError, listenHttp } from './listen.ts';
import type { Log } from './log.ts';
import { bindGrpc, closeGrpc, createGrpcServer } from './otlp/grpc.ts';
import { createOtlpHttpServer } from './otlp/http.ts';
import { Ingest } from './otlp/ingest.ts';
import { loadTraces, saveTraces } from './store/saved-traces.ts';
import { type Limits, SpanStore } from './store/store.ts';

export interface ViewerOptions {
  /** '' is every interface. */
  host: string;
  /** 0 takes a free port. */
  ports: Ports;
  limits: Limits;
  log: Log;
  /** Read at the start, written by `close`. */
  tracesFile?: string | undefined;
}

export interface Viewer {
  /** Those that were bound. */
  ports: Ports;
  store: SpanStore;
  /** Requests in flight get two seconds. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2000;

/** Opens the four listeners. Throws ListenError with none of them left open. */
export async function createViewer({ host, ports, limits, log, tracesFile }: ViewerOptions): Promise<Viewer> {
  const store = new SpanStore(limits);
  const ingest = new Ingest(store);
  if (tracesFile !== undefined) await loadTraces(tracesFile, ingest, log);
  await using opened = new AsyncDisposableStack();
  // Deferred first, so done last: what arrives while the listeners close is saved too.
  if (tracesFile !== undefined) opened.defer(() => saveTraces(tracesFile, store, log));

  const openHttp = async (purpose: keyof Ports, server: Server): Promise<number> => {
    const port = await listenHttp(server, purpose, host, ports[purpose]);
    opened.defer(() => closeHttp(server, CLOSE_GRACE_MS));
    return port;
  };
  const openGrpc = async (): Promise<number> => {
    const server = createGrpcServer(ingest);
    const address = grpcAddress(host, ports.otlpGrpc);
    const port = await bindGrpc(server, address).catch((error: unknown) => {
      server.forceShutdown();
      throw listenError('otlpGrpc', host, ports.otlpGrpc, error);
    });
    opened.defer(() => closeGrpc(server, CLOSE_GRACE_MS));
    return port;
  };

  const bound: Ports = { ...ports };
  const app = createApp({ store, ingest, log, now: () => new Date(), ports: () => bound });
  // The name is for HTTP/1.0, which knows no `Host`.
  bound.query = await openHttp('query', createServer(getRequestListener(app.fetch, { hostname: 'localhost' })));
  bound.otlpGrpc = await openGrpc();
  bound.otlpHttp = await openHttp('otlpHttp', createOtlpHttpServer(ingest));
  // Last, so that whoever is told to wait for it finds everything else open.
  bound.health = await openHttp('health', createHealthServer(store));
  const closing = opened.move();
  return { ports: bound, store, close: () => closing.disposeAsync() };
}

function createHealthServer(store: SpanStore): Server {
  const started = Date.now();
  return createServer((request, response) => {
    const found = request.url?.split('?')[0] === '/status';
    const body = found
      ? { status: 'StatusOK', start_time: new Date(started).toISOString(), store: store.stats() }
      : { error: 'only /status is here' };
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
}

function grpcAddress(host: string, port: number): string {
  if (host !== '') return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
  return hasIPv6 ? `[::]:${port}` : `0.0.0.0:${port}`;
}
