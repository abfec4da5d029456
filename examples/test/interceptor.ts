import { createServer, request as forward } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Interceptor extends AsyncDisposable {
  url: string;
  /** Calls `act` once, just before forwarding the next request to `path`. */
  beforeNext(path: string, act: () => Promise<unknown>): void;
}

/**
 * A proxy in front of a service, to insert a concurrent request. Forwards everything unchanged, including the trace
 * context.
 */
export async function startInterceptor(target: () => string): Promise<Interceptor> {
  let waiting: { path: string; act: () => Promise<unknown> } | undefined;
  const server = createServer(async (request, response) => {
    const now = waiting;
    if (now && now.path === request.url) {
      waiting = undefined;
      await now.act();
    }
    const { method = 'GET', url = '', headers } = request;
    const onward = forward(`${target()}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    // Behave like the failed upstream: no response.
    onward.on('error', () => request.socket.destroy());
    request.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    beforeNext(path, act) {
      waiting = { path, act };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
