import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runClosedLoop } from './closed-loop.ts';
import { contentLength } from './connection.ts';

it.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 12\r\nx: y', 12],
  ['HTTP/1.1 201 Created\r\ncontent-length:0', 0],
  ['HTTP/1.1 204 No Content\r\nx: y', 0],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked', undefined],
])('%j has a body of %s bytes', (head, length) => {
  expect(contentLength(head)).toBe(length);
});

describe('a closed loop', () => {
  let server: Server | undefined;
  afterEach(() => void server?.close());
  const asked: string[] = [];

  async function serve(status: number): Promise<number> {
    asked.length = 0;
    const listening = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const body = 'x'.repeat(100_000);
      response.writeHead(status, { 'content-length': body.length });
      response.write(body.slice(0, 10));
      setImmediate(() => response.end(body.slice(10)));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => listening.once('listening', resolve));
    server = listening;
    return (listening.address() as AddressInfo).port;
  }

  it('sends the requested number of requests, and reads responses that arrive in pieces', async () => {
    const port = await serve(200);
    const requests = { kind: 'get', path: '/x' } as const;
    const result = await runClosedLoop({ port, connections: 3, seconds: 30, atMost: 10, requests });
    expect(result.requests).toBe(10);
    expect(asked).toEqual(Array.from({ length: 10 }, () => 'GET /x'));
  });

  it('fails on an error status', async () => {
    const port = await serve(503);
    const load = { port, connections: 1, seconds: 30, atMost: 10, requests: { kind: 'get', path: '/x' } as const };
    await expect(runClosedLoop(load)).rejects.toThrow('status 503 in answer to\nGET /x');
  });
});
