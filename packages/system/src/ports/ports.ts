import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOPBACK = '127.0.0.1';
/**
 * Below the ports that operating systems give to outgoing connections (Linux: from 32768, macOS: from 49152): one of
 * those could take a port before its user listens.
 */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

/**
 * Finds `count` different free ports of 127.0.0.1. They are reserved against other callers of this function on this
 * machine until this process ends: its children may listen late, or end and listen again.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  for (let tries = 0; ports.length < count; tries++) {
    if (tries === PORTS) throw new Error(`No ${count} ports from ${FIRST_PORT} to ${FIRST_PORT + PORTS - 1} are free.`);
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const server = await listen(port, LOOPBACK).catch(() => undefined);
    if (!server) continue;
    // Only one process can listen there, and so reserve it, at a time.
    if (reserve(port)) ports.push(port);
    await close(server);
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

/** False when a running process holds the port. Without a writable folder every free port is accepted. */
function reserve(port: number): boolean {
  const folder = join(tmpdir(), `otel-hotel-ports-${process.getuid?.() ?? 'user'}`);
  const file = join(folder, String(port));
  try {
    mkdirSync(folder, { recursive: true });
    if (isAlive(ownerOf(file))) return false;
    writeFileSync(file, String(process.pid));
  } catch {
    return true;
  }
  return true;
}

function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isAlive(pid: number): boolean {
  if (!pid) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
