import { closeSync, mkdirSync, openSync, statSync, utimesSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
const RESERVED_MS = 60_000;

/**
 * `count` different ports of 127.0.0.1 that nothing listens on, chosen by the operating system. They stay open until all are
 * known, so that none comes twice, and stay reserved for a minute against other callers of this function on this machine:
 * the operating system would hand a port to another test process before the one it was asked for has started to listen.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers: Server[] = [];
  const ports: number[] = [];
  try {
    while (ports.length < count) {
      const server = await listen(0, LOOPBACK);
      servers.push(server);
      const address = server.address();
      if (typeof address === 'object' && address && reserve(address.port)) ports.push(address.port);
    }
  } finally {
    await Promise.all(servers.map(close));
  }
  return ports;
}

/** Why `port` cannot be listened on at `host` (`EADDRINUSE`, `EACCES`, ...), or undefined when it can. */
export async function portProblem(port: number, host = LOOPBACK): Promise<string | undefined> {
  try {
    await close(await listen(port, host));
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function listen(port: number, host: string): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

/** False when another caller has just been given the port. Where nothing can be written down, every free port will do. */
function reserve(port: number): boolean {
  const folder = join(tmpdir(), `otel-hotel-ports-${process.getuid?.() ?? 'user'}`);
  const file = join(folder, String(port));
  try {
    mkdirSync(folder, { recursive: true });
    closeSync(openSync(file, 'wx'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true;
    if (Date.now() - statSync(file).mtimeMs < RESERVED_MS) return false;
    utimesSync(file, new Date(), new Date());
  }
  return true;
}
