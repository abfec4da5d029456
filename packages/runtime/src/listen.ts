import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { type TraceEdge, traceRequests } from '@hotel/telemetry';
import { refuseImpossible, refuseUnreadable } from './unreadable.ts';

/** A slow client holds a socket, never a worker, and not for ever. Milliseconds. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 65_000,
  /** Node looks every 30 s whether the others are over. */
  connectionsCheckingInterval: 1_000,
};
/** Also one who does not read the answer; longer than any answer takes. */
const SILENT_SOCKET_MS = 120_000;
/** Each may hold a body of 64 KiB. */
const MAX_CONNECTIONS = 1_024;
/** A client that stays connected must not keep a closing process alive. */
const CLOSE_IDLE_EVERY_MS = 50;
/** How long a closing listener goes on to take requests. */
const LAME_DUCK_MS = 100;
/** Who has been connected for so long and has asked nothing does not seem to want anything. */
const SILENT_MS = 1_000;
/** How long a closing listener waits for the rest of a request that has begun to arrive. */
const LONGEST_ARRIVAL_MS = 2_000;

export interface ListenOptions {
  app: { fetch: (request: Request) => Response | Promise<Response> };
  port: number;
  /** The environment variable that set the port, for the message when it is taken. */
  portName: string;
  host?: string | undefined;
  /** Whose traces go on here; see `TraceEdge`. `none`: nothing is traced here, the app does it by itself. */
  edge: TraceEdge | 'none';
  /** Nobody minds when the last request is refused: closes at once. */
  abrupt?: boolean;
}

/**
 * Listens, and resolves when it does. Disposing it answers the requests in flight and takes no new ones.
 * @throws Error naming the port and its variable when the port is taken.
 */
export async function listen({ app, port, portName, host, edge, abrupt }: ListenOptions): Promise<AsyncDisposable> {
  const answer = withHost(getRequestListener(app.fetch, { errorHandler: refuseImpossible }));
  const listener = inOrder(edge === 'none' ? answer : traceRequests(answer, edge));
  // What HTTP/1.1 forbids in a `Host` is refused by `answer`, in the form of all refusals.
  // What may be there once and comes twice is then two values, which no reader takes for one.
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
    server.listen({ port, host }, resolve);
  });
  return { [Symbol.asyncDispose]: () => (abrupt ? closeNow(server) : close(server, connections)) };
}

/**
 * Handles the requests of a connection one after the other. Node hands over everything that a client has pipelined at once, and since
 * the answers have to be in order, one client who does not read would hold a response for each.
 */
function inOrder(listener: RequestListener): RequestListener {
  const latest = new WeakMap<Socket, ServerResponse>();
  return (request, response) => {
    const { socket } = request;
    const before = latest.get(socket);
    latest.set(socket, response);
    if (!before || before.closed) return listener(request, response);
    // When the connection has ended, nobody waits for what comes next.
    before.once('close', () => {
      if (!socket.destroyed) listener(request, response);
    });
  };
}

/** HTTP/1.0 knows no `Host`, without which there is no URL, and so no `Request` of the web. */
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
  /** In milliseconds of a clock that never goes back. */
  since: number;
  /** The one that is not answered yet. */
  request?: IncomingMessage | undefined;
}
type Connections = Map<Socket, Connection>;

async function close(server: Server, connections: Connections): Promise<void> {
  const begun = performance.now();
  server.prependListener('request', (_request, response) => response.setHeader('connection', 'close'));
  // Who is on the way here has not heard yet: connections that are being made are still accepted and answered.
  await sleep(LAME_DUCK_MS);
  // Always right after what has arrived was read: before, a connection that holds a request seems idle, and a busy process may be
  // late to see it.
  await new Promise(setImmediate);
  const closeIdle = setInterval(() => setImmediate(closeUnused), CLOSE_IDLE_EVERY_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(closeIdle);

  function closeUnused(): void {
    server.closeIdleConnections();
    // A browser opens connections ahead; for Node one that has never asked anything is not idle but about to ask. A new one is.
    const newest = performance.now() - SILENT_MS;
    // A closing server of Node's does not look at the time limits any more.
    const arrivedInTime = performance.now() - begun < LONGEST_ARRIVAL_MS;
    for (const [socket, { since, request }] of connections) {
      if (socket.bytesRead === 0 && since < newest) socket.destroy();
      if (!arrivedInTime && !request?.complete) socket.destroy();
    }
  }
}
