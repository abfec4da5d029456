import { createServer, request as forward, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceProxy extends AsyncDisposable {
  url: string;
  /** What came by, oldest first; status 0 for what got no answer. */
  seen: Array<{ method: string; url: string; headers: IncomingHttpHeaders; status: number }>;
  /** How many of the next requests are answered by 500 instead of being passed on. */
  failNext(count: number): void;
  /** How many of the next requests get no answer: their callers wait until they give up, or until `release`. */
  holdNext(count: number): void;
  /** Passes on what is held. */
  release(): void;
}

/** A real server between two services, which sees what passes and can refuse it. */
export async function startProxy(target: string): Promise<ServiceProxy> {
  let toFail = 0;
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
      note(500);
      request.resume();
      response.writeHead(500).end();
      return;
    }
    passOn();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    failNext(count) {
      toFail = count;
    },
    holdNext(count) {
      toHold = count;
    },
    release() {
      toHold = 0;
      for (const passOn of held.splice(0)) passOn();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
