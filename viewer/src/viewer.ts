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
import { loadTraces, saveRegularly } from './store/saved-traces.ts';
import type { Limits } from './store/store.ts';
import { openStores, type Stores } from './store/stores.ts';

export interface ViewerOptions {
  /** '' listens on all interfaces. */
  host: string;
  /** 0 selects a free port. */
  ports: Ports;
  limits: Limits;
  log: Log;
  /** Read at startup, written regularly and by `close`. */
  tracesFile?: string | undefined;
}

export interface Viewer {
  /** The bound ports. */
  ports: Ports;
  stores: Stores;
  /** Gives requests in flight two seconds to finish. */
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 2000;

/** Opens the four listeners. Closes all of them if it throws ListenError. */
export async function createViewer({ host, ports, limits, log, tracesFile }: ViewerOptions): Promise<Viewer> {
  const stores = openStores(limits);
  const ingest = new Ingest(stores);
  const stopping = new AbortController();
  if (tracesFile !== undefined) await loadTraces(tracesFile, ingest, log);
  await using opened = new AsyncDisposableStack();
  // Deferred first, so runs last: spans that arrive while the listeners close are saved too.
  if (tracesFile !== undefined) opened.defer(saveRegularly(tracesFile, stores, log));

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
  const app = createApp({ stores, ingest, log, now: () => new Date(), ports: () => bound, stopping: stopping.signal });
  // The host name is for HTTP/1.0 requests, which have no `Host` header.
  bound.query = await openHttp('query', createServer(getRequestListener(app.fetch, { hostname: 'localhost' })));
  // Runs before the server closes, which would wait for the pages that follow the logs.
  opened.defer(() => stopping.abort());
  bound.otlpGrpc = await openGrpc();
  bound.otlpHttp = await openHttp('otlpHttp', createOtlpHttpServer(ingest));
  // Last, so that everything else is open once the health check responds.
  bound.health = await openHttp('health', createHealthServer(stores));
  const closing = opened.move();
  return { ports: bound, stores, close: () => closing.disposeAsync() };
}

function createHealthServer(stores: Stores): Server {
  const started = Date.now();
  return createServer((request, response) => {
    const send = (status: number, body: object, headers = {}): void => {
      const text = JSON.stringify(body);
      response.writeHead(status, {
        ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
        ...headers,
      });
      // For HEAD, Node sends the headers alone.
      response.end(text);
    };
    if (request.url?.split('?')[0] !== '/status') return send(404, { error: 'this port serves /status only' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return send(405, { error: `${request.method} is not allowed here: use GET` }, { allow: 'GET, HEAD' });
    }
    send(200, { status: 'StatusOK', start_time: new Date(started).toISOString(), store: stores.stats() });
  });
}

function grpcAddress(host: string, port: number): string {
  if (host !== '') return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ family }) => family === 'IPv6'));
  return hasIPv6 ? `[::]:${port}` : `0.0.0.0:${port}`;
}
