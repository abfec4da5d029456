import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What happens to traffic between two processes. `refuse`: nothing listens; `hang`: connections are accepted without
 * a response; `fail`: every HTTP request gets a 500; `slow`: every response is delayed by `SLOW_MS`.
 */
export type LinkMode = 'pass' | 'refuse' | 'hang' | 'fail' | 'slow';

const SLOW_MS = 500;
const FAILURE = 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A TCP proxy from `port` to the target that injects faults according to the mode. */
export interface Link extends AsyncDisposable {
  readonly port: number;
  /** Closes open connections, so that the new mode applies to all. */
  setMode(mode: LinkMode): Promise<void>;
  /** Cuts the next connection that sends `bytes` or more at once, after forwarding half of them. */
  cutInside(bytes: number): void;
  /** Number of connections cut by `cutInside`. */
  cuts(): number;
  /** Whether it has open connections. */
  isInUse(): boolean;
  /** Silences open connections without closing them, as when a host vanishes without a reset. New ones work. */
  mute(): void;
  /** Sends new connections to another target; open ones keep theirs. */
  aim(targetPort: number): void;
}

export async function startLink(firstTarget: number): Promise<Link> {
  let targetPort = firstTarget;
  let mode: LinkMode = 'pass';
  let cutAt = Number.POSITIVE_INFINITY;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const muted = new WeakSet<Socket>();

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // An error on one side ends the other; `close` follows.
    socket.on('error', () => {});
    return socket;
  }

  function take(client: Socket): void {
    keep(client);
    if (mode === 'hang') {
      client.resume();
      return;
    }
    if (mode === 'fail') {
      client.on('data', () => client.end(FAILURE));
      return;
    }
    const target = keep(connect(targetPort, '127.0.0.1'));
    const delayMs = mode === 'slow' ? SLOW_MS : 0;
    client.on('close', () => target.destroy());
    target.on('close', () => {
      if (!muted.has(client)) client.destroy();
    });
    client.on('data', (chunk) => {
      if (muted.has(client)) return;
      if (chunk.length < cutAt) {
        target.write(chunk);
        return;
      }
      cutAt = Number.POSITIVE_INFINITY;
      cuts++;
      target.end(chunk.subarray(0, chunk.length / 2));
      client.destroy();
    });
    target.on('data', async (chunk) => {
      if (delayMs > 0) await sleep(delayMs);
      if (!muted.has(client)) client.write(chunk);
    });
  }

  const listen = (port: number) =>
    new Promise<Server>((resolve, reject) => {
      const opened = createServer(take).once('error', reject);
      opened.listen(port, '127.0.0.1', () => resolve(opened));
    });
  let server: Server | undefined = await listen(0);
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('a TCP server without a port');
  const { port } = address;

  async function close(): Promise<void> {
    const closing = server;
    server = undefined;
    const closed = new Promise((resolve) => (closing ? closing.close(resolve) : resolve(undefined)));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    port,
    async setMode(next) {
      mode = next;
      if (next === 'refuse') return close();
      for (const socket of sockets) socket.destroy();
      server ??= await listen(port);
    },
    cutInside(bytes) {
      cutAt = bytes;
    },
    cuts: () => cuts,
    isInUse: () => sockets.size > 0,
    mute() {
      for (const socket of sockets) muted.add(socket);
    },
    aim(port) {
      targetPort = port;
    },
    [Symbol.asyncDispose]: close,
  };
}
