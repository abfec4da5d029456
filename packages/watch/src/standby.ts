import { createServer } from 'node:http';

/** Closes at once, to free the port for the process. */
export type Standby = () => Promise<void>;

/**
 * Answers probes while the process is down: alive, because a broken source must not restart the container, and not
 * ready, for `reason`.
 */
export async function standBy(port: number, reason: string): Promise<Standby> {
  const server = createServer((request, response) => {
    const alive = request.url === '/livez';
    response.writeHead(alive ? 200 : 503, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ status: alive ? 'ok' : 'unavailable', detail: reason }));
  });
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => resolve(true));
  });
  return async () => {
    if (!listening) return;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  };
}
