import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { type TraceEdge, traceRequests } from '@hotel/telemetry';
import { isDraining } from './drain.ts';
import { refuseImpossible, refuseUnreadable } from './unreadable.ts';

/** Limits on slow clients, in milliseconds. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  /** How often Node enforces the other limits; its default is 30 s. */
  connectionsCheckingInterval: 1_000,
};
/** Closes a socket without traffic, even when the client does not read. Longer than any response takes. */
const SILENT_SOCKET_MS = 120_000;
/** Each connection may buffer a body of 64 KiB. */
const MAX_CONNECTIONS = 1_024;
/** Idle connections must not keep a closing process alive. */
const CLOSE_IDLE_EVERY_MS = 50;
/** How long a closing listener still accepts requests. */
const LAME_DUCK_MS = 100;
/** A connection that has been open this long without a request counts as idle. */
const SILENT_MS = 1_000;
/** How long a closing listener waits for the rest of a partly received request. */
const LONGEST_ARRIVAL_MS = 2_000;

export interface ListenOptions {
  app: { fetch: (request: Request) => Response | Promise<Response> };
  port: number;
  /** Environment variable that sets the port, for the error when the port is taken. */
  portName: string;
  host?: string | undefined;
  /** Several processes may listen on the port (`SO_REUSEPORT`), and the kernel distributes connections among them. */
  reusePort?: boolean;
  /** Whose traces to continue; see `TraceEdge`. `none`: not traced here, because the app traces its own requests. */
  edge: TraceEdge | 'none';
  /** Closes at once, dropping requests in flight. */
  abrupt?: boolean;
}

/**
 * Resolves when the server is listening. Disposal stops accepting requests and finishes those in flight.
 * @throws Error that names the port and its variable when the port is taken
 */
export async function listen({
  app,
  port,
  portName,
  host,
  reusePort = false,
  edge,
  abrupt,
}: ListenOptions): Promise<AsyncDisposable> {
  const answer = withHost(getRequestListener(app.fetch, { errorHandler: refuseImpossible }));
  const listener = inOrder(edge === 'none' ? answer : traceRequests(answer, edge));
  // `answer` rejects an invalid `Host` with a problem response, like any other error.
  // A single-value header that is sent twice is joined, so that parsers reject it.
  const server = createServer({ ...LIMITS, requireHostHeader: false, joinDuplicateHeaders: true }, listener);
  server.setTimeout(SILENT_SOCKET_MS);
  server.maxConnections = MAX_CONNECTIONS;
  server.on('clientError', refuseUnreadable);
  server.on('checkExpectation', listener);
  const connections: Connections = new Map();
  server.on('connection', (socket) => {
    connections.set(socket, { since: performance.now() });
    socket.once('close', () => connections.delete(socket));
  });
  server.prependListener('request', (_request, response) => {
    if (isDraining()) response.setHeader('connection', 'close');
  });
  server.on('request', (request, response) => {
    const connection = connections.get(request.socket);
    if (!connection) return;
    connection.request = request;
    response.once('close', () => {
      if (connection.request === request) connection.request = undefined;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} is taken by another program; set ${portName} to a free one`) : error);
    });
    server.listen({ port, host, reusePort }, resolve);
  });
  return { [Symbol.asyncDispose]: () => (abrupt ? closeNow(server) : close(server, connections)) };
}

/**
 * Handles the requests of a connection one at a time. Node emits pipelined requests at once, and since responses must
 * be in order, a client that does not read would keep a response in memory for each.
 */
function inOrder(listener: RequestListener): RequestListener {
  const latest = new WeakMap<Socket, ServerResponse>();
  return (request, response) => {
    const { socket } = request;
    const before = latest.get(socket);
    latest.set(socket, response);
    if (!before || before.closed) return listener(request, response);
    // After a disconnect the queued requests are dropped.
    before.once('close', () => {
      if (!socket.destroyed) listener(request, response);
    });
  };
}

/** HTTP/1.0 does not require `Host`, but a web `Request` needs a full URL. */
function withHost(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (request.httpVersion === '1.0') request.headers.host ||= 'localhost';
    return listener(request, response);
  };
}

async function closeNow(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

interface Connection {
  /** Monotonic time in milliseconds. */
  since: number;
  /** The request in flight. */
  request?: IncomingMessage | undefined;
}
type Connections = Map<Socket, Connection>;

async function close(server: Server, connections: Connections): Promise<void> {
  const begun = performance.now();
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  // Clients that are just connecting do not know of the shutdown yet: they are still accepted and answered.
  await sleep(LAME_DUCK_MS);
  // Checks right after pending input was read: before that, a connection with an unread request looks idle, and a
  // busy process may read it late.
  await new Promise(setImmediate);
  const closeIdle = setInterval(() => setImmediate(closeUnused), CLOSE_IDLE_EVERY_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(closeIdle);

  function closeUnused(): void {
    server.closeIdleConnections();
    // Browsers open connections in advance, and Node does not count one without any request as idle. A new one may be
    // about to send.
    const newest = performance.now() - SILENT_MS;
    // A closing Node server no longer enforces its time limits.
    const arrivedInTime = performance.now() - begun < LONGEST_ARRIVAL_MS;
    for (const [socket, { since, request }] of connections) {
      if (socket.bytesRead === 0 && since < newest) socket.destroy();
      if (!arrivedInTime && !request?.complete) socket.destroy();
    }
  }
}
