import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { serve, type TestServer } from '@hotel/telemetry/test';
import { afterEach, expect, it } from 'vitest';
import { exchange } from './exchange.ts';

let server: TestServer | undefined;
afterEach(() => server?.[Symbol.asyncDispose]());

async function urlOf(listener: RequestListener): Promise<URL> {
  server = await serve(listener);
  return new URL(`${server.url}/rooms?of=7`);
}

it('sends method, path, headers and body, and returns status, headers and body', async () => {
  const url = await urlOf(async (request, response) => {
    const body = (await request.toArray()).join('');
    response.writeHead(201, { 'x-room': '101' });
    response.end(JSON.stringify([request.method, request.url, request.headers['content-type'], body]));
  });
  const call = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: '{"room":"ä"}' };
  const answer = await exchange(url, call);
  expect([answer.status, answer.ok, answer.headers.get('X-Room'), answer.headers.get('x-other')]).toEqual([
    201,
    true,
    '101',
    null,
  ]);
  expect(await answer.json()).toEqual(['PUT', '/rooms?of=7', 'application/json', call.body]);
});

it('reuses its connection', async () => {
  const sockets = new Set<Socket>();
  const url = await urlOf((request, response) => {
    sockets.add(request.socket);
    response.writeHead(500).end('x'.repeat(100_000));
  });
  for (let i = 0; i < 5; i++) {
    const answer = await exchange(url, { method: 'GET' });
    expect(answer.ok).toBe(false);
  }
  expect(sockets.size).toBe(1);
});

it('limits its connections; further calls wait', async () => {
  let open = 0;
  let most = 0;
  const url = await urlOf((_request, response) => {
    most = Math.max(most, ++open);
    setTimeout(() => {
      open--;
      response.end();
    }, 20);
  });
  const answers = await Promise.all(Array.from({ length: 300 }, () => exchange(url, { method: 'GET' })));
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  expect(most).toBeLessThanOrEqual(128);
});

it('rejects an endless response', async () => {
  const url = await urlOf((_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  await expect(exchange(url, { method: 'GET' })).rejects.toMatchObject({ name: 'AnswerTooLargeError' });
});

it('applies its timeout to the whole response', async () => {
  const url = await urlOf((_request, response) => response.writeHead(200).write('{"half'));
  await expect(exchange(url, { method: 'GET', timeoutMs: 200 })).rejects.toMatchObject({ name: 'TimeoutError' });
});

it('rejects a response that breaks off', async () => {
  const url = await urlOf((request, response) => {
    response.writeHead(200).write('{"half');
    setTimeout(() => request.socket.destroy(), 20);
  });
  await expect(exchange(url, { method: 'GET' })).rejects.toMatchObject({ code: 'ECONNRESET' });
});

it("rejects with the signal's reason, even if it was aborted before the call", async () => {
  const url = await urlOf(() => {});
  const reason = new Error('not done within 30 s');
  await expect(exchange(url, { method: 'GET', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const job = new AbortController();
  const call = exchange(url, { method: 'GET', signal: job.signal });
  setTimeout(() => job.abort(reason), 20);
  await expect(call).rejects.toBe(reason);
});
