import { closeSync, mkdirSync, openSync, statSync, utimesSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
const RESERVED_MS = 60_000;

/**
 * Finds `count` different free ports of 127.0.0.1, chosen by the operating system. All are held open until the last is
 * known, so that they differ, and are reserved for a minute against other callers of this function on this machine:
 * otherwise another test process could get a port before its intended user listens.
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

/** The error code of listening on `port` at `host` (`EADDRINUSE`, `EACCES`, ...); undefined when it works. */
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

/** False when another caller holds the port. Without a writable folder every free port is accepted. */
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
