import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceProxy extends AsyncDisposable {
  url: string;
  /** Requests seen, oldest first; status 0 for unanswered ones. */
  seen: Array<{ method: string; url: string; headers: IncomingHttpHeaders; status: number }>;
  /** Answers the next `count` requests with `status` (default 500) instead of forwarding them. */
  failNext(count: number, status?: number): void;
  /** Holds the next `count` requests until `release` or their callers' timeout. */
  holdNext(count: number): void;
  /** Forwards the held requests. */
  release(): void;
  /** Refuses connections until `listen`. */
  refuse(): Promise<void>;
  listen(): Promise<void>;
}

/** A real server between two services that records requests and can reject them. */
export async function startProxy(target: string): Promise<ServiceProxy> {
  let toFail = 0;
  let failure = 500;
  let toHold = 0;
  const held: Array<() => void> = [];
  const seen: ServiceProxy['seen'] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    const note = (status: number) => seen.push({ method, url, headers, status });
    const passOn = () => {
      const onward = forward(`${target}${url}`, { method, headers }, (answer) => {
        note(answer.statusCode ?? 0);
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      onward.on('error', () => response.writeHead(502).end());
      request.pipe(onward);
    };
    if (toHold > 0) {
      toHold--;
      note(0);
      held.push(passOn);
      return;
    }
    if (toFail > 0) {
      toFail--;
      note(failure);
      request.resume();
      response.writeHead(failure).end();
      return;
    }
    passOn();
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const refuse = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    failNext(count, status = 500) {
      failure = status;
      toFail = count;
    },
    holdNext(count) {
      toHold = count;
    },
    release() {
      toHold = 0;
      for (const passOn of held.splice(0)) passOn();
    },
    refuse,
    listen: () => listen(port),
    [Symbol.asyncDispose]: refuse,
  };
}
