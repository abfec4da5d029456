import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PORT_VARIABLES, type Ports } from './config.ts';

/** A port that cannot be had. The text names the port and the setting. */
export class ListenError extends Error {}

/** How a listener that failed explains itself. */
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

/** Resolves with the port that was bound. */
export function listenHttp(server: Server, purpose: keyof Ports, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(purpose, host, port, error)));
    // Without a host Node takes `::`, which includes IPv4, and falls back to 0.0.0.0 where there is no IPv6.
    const listening = (): void => resolve((server.address() as AddressInfo).port);
    if (host === '') server.listen(port, listening);
    else server.listen(port, host, listening);
  });
}

/** Idle connections go at once, requests in flight get the grace to finish. */
export const closeHttp = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
