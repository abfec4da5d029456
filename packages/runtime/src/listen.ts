import { createServer, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { type TraceEdge, traceRequests } from '@hotel/telemetry';

/** A client that stays connected must not keep a closing process alive. */
const CLOSE_IDLE_EVERY_MS = 50;
/** How long a closing listener goes on to take requests. */
const LAME_DUCK_MS = 100;
/** Who has been connected for so long and has asked nothing does not seem to want anything. */
const SILENT_MS = 1_000;

export interface ListenOptions {
  app: { fetch: (request: Request) => Response | Promise<Response> };
  port: number;
  /** The environment variable that set the port, for the message when it is taken. */
  portName: string;
  host?: string | undefined;
  /** Whose traces go on here; see `TraceEdge`. `none`: nothing is traced here, the app does it by itself. */
  edge: TraceEdge | 'none';
}

/**
 * Listens, and resolves when it does. Disposing it answers the requests in flight and takes no new ones.
 * @throws Error naming the port and its variable when the port is taken.
 */
export async function listen({ app, port, portName, host, edge }: ListenOptions): Promise<AsyncDisposable> {
  const server = createServer(
    {
      // A slow client holds a socket, never a worker, and not for ever.
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 65_000,
    },
    edge === 'none' ? getRequestListener(app.fetch) : traceRequests(getRequestListener(app.fetch), edge),
  );
  const connections: Connections = new Map();
  server.on('connection', (socket) => {
    connections.set(socket, performance.now());
    socket.once('close', () => connections.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(taken ? new Error(`port ${port} is taken by another program; set ${portName} to a free one`) : error);
    });
    server.listen({ port, host }, resolve);
  });
  return { [Symbol.asyncDispose]: () => close(server, connections) };
}

/** Since when they are open, in milliseconds of a clock that never goes back. */
type Connections = Map<Socket, number>;

async function close(server: Server, connections: Connections): Promise<void> {
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
    for (const [socket, since] of connections) if (socket.bytesRead === 0 && since < newest) socket.destroy();
  }
}
