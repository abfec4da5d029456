import { createServer, type ServerResponse } from 'node:http';
import { cleaningResultSchema } from '@hotel/contracts';

/** A request of the worker to dispo. */
export interface Call {
  method: string | undefined;
  path: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

export interface FakeDispo extends AsyncDisposable {
  url: string;
  calls: Call[];
  /** Responses to the next calls; 204 when empty. `'later'` waits for `answer`. */
  next: Array<number | 'later'>;
  /** Answers 204 to waiting calls. */
  answer(): void;
}

/** A fake of dispo's callback. */
export async function startFakeDispo(): Promise<FakeDispo> {
  const calls: Call[] = [];
  const next: Array<number | 'later'> = [];
  let waiting: ServerResponse[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const { method, url: path, headers } = request;
    const { authorization } = headers;
    calls.push({ method, path, authorization, body: cleaningResultSchema.parse(JSON.parse(text)) });
    const how = next.shift() ?? 204;
    if (how === 'later') waiting.push(response);
    else response.writeHead(how).end(how === 204 ? undefined : 'something about mrs-miller');
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    next,
    answer() {
      for (const response of waiting) response.writeHead(204).end();
      waiting = [];
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
