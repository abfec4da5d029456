import { createServer } from 'node:http';

/** Closes at once, so that the process can have the port. */
export type Standby = () => Promise<void>;

/**
 * Answers for a process that does not run: it is alive (a broken save must not cost the container, which waits for the next one),
 * and it is not ready, for this reason.
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
