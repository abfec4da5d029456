import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PORT_VARIABLES, type Ports } from './config.ts';

/** A port could not be bound. The message names the port and its setting. */
export class ListenError extends Error {}

/** Converts the error of a failed listener to one that names the port and its setting. */
export function listenError(purpose: keyof Ports, host: string, port: number, cause: unknown): ListenError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const variable = PORT_VARIABLES[purpose];
  if (text.includes('EADDRINUSE')) {
    return new ListenError(`port ${port} is taken: stop what listens there, or set ${variable} to another port`);
  }
  if (text.includes('EACCES')) {
    return new ListenError(`port ${port} may not be opened by this user: set ${variable} to a port above 1023`);
  }
  return new ListenError(`cannot listen on ${host || 'all interfaces'}, port ${port} (${variable}): ${text}`);
}

/** Resolves with the bound port. */
export function listenHttp(server: Server, purpose: keyof Ports, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(purpose, host, port, error)));
    // Without a host Node listens on `::`, which includes IPv4, or on 0.0.0.0 if IPv6 is unavailable.
    const listening = (): void => resolve((server.address() as AddressInfo).port);
    if (host === '') server.listen(port, listening);
    else server.listen(port, host, listening);
  });
}

/** Closes idle connections at once; requests in flight may finish within the grace period. */
export const closeHttp = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
