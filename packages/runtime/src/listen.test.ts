import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { freePort, holdPort } from '../test/port.ts';
import { listen } from './listen.ts';

/** Worker thread: sends a request on connect and on each message, and posts the status line of each response. */
const CLIENT = `
  const { parentPort, workerData } = require('node:worker_threads');
  const socket = require('node:net').connect(workerData.port, '127.0.0.1');
  const ask = () => socket.write('GET / HTTP/1.1\\r\\nhost: hotel\\r\\n\\r\\n');
  socket.on('data', (data) => parentPort.postMessage(data.toString().split('\\r\\n')[0]));
  socket.on('error', (error) => parentPort.postMessage(error.code));
  socket.on('close', () => parentPort.postMessage('closed'));
  parentPort.on('message', ask);
  ask();
`;

/** An app that responds on demand. */
function appOnDemand() {
  let answer = (_text: string): void => {};
  let arrived = (): void => {};
  const asked = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const text = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const fetch = async () => {
    arrived();
    return new Response(await text);
  };
  return { app: { fetch }, asked, answer };
}

const hello = { fetch: () => new Response('hello') };
const local = { host: '127.0.0.1', portName: 'DISPO_PORT', edge: 'continue' } as const;

describe('listening', () => {
  it('resolves when the app can be reached', async () => {
    const port = await freePort();
    await using _server = await listen({ ...local, app: hello, port });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
  });

  it('rejects on a port that is taken, naming the port and its variable', async () => {
    const { port, release } = await holdPort();
    await expect(listen({ ...local, app: hello, port })).rejects.toThrow(
      `port ${port} is taken by another program; set DISPO_PORT to a free one`,
    );
    await release();
  });

  it.runIf(process.platform === 'linux')('shares a port only with listeners that share it too', async () => {
    const port = await freePort();
    await using _first = await listen({ ...local, app: hello, port, reusePort: true });
    await using _second = await listen({ ...local, app: hello, port, reusePort: true });
    await expect(listen({ ...local, app: hello, port })).rejects.toThrow(`port ${port} is taken`);
  });

  it('rejects on an address of another host, with the error of the system', async () => {
    // A documentation address, https://www.rfc-editor.org/rfc/rfc5737.
    await expect(listen({ ...local, app: hello, port: 0, host: '192.0.2.1' })).rejects.toThrow('EADDRNOTAVAIL');
  });
});

describe('a request', () => {
  async function answerTo(bytes: string): Promise<string> {
    const port = await freePort();
    await using _server = await listen({ ...local, app: hello, port });
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    return await text(socket);
  }

  it.each([
    ['that is not HTTP', 400, 'hello?\r\n\r\n'],
    ['of another version', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['without a host', 400, 'GET / HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['of an impossible host', 400, 'GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n'],
    ['with two lengths', 400, 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n'],
    ['with too much in its head', 431, `GET / HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['whose head does not end', 408, 'GET / HTTP/1.1\r\nhost: a\r\nx: '],
  ])('%s is rejected with %i as a problem, and the connection is closed', async (_, status, bytes) => {
    const [head = '', body = ''] = (await answerTo(bytes)).split('\r\n\r\n');
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status });
  });

  it.each([
    ['without a host', 'GET /x HTTP/1.0\r\n\r\n'],
    ['with an empty one', 'GET /x HTTP/1.0\r\nhost:\r\n\r\n'],
    ['with one', 'GET /x HTTP/1.0\r\nhost: a\r\n\r\n'],
  ])('is accepted in HTTP/1.0 %s', async (_, bytes) => {
    expect(await answerTo(bytes)).toMatch(/^HTTP\/1.1 200 OK\r\n.*\r\n\r\nhello$/s);
  });

  it('is accepted with an unknown expectation', async () => {
    const answer = await answerTo('GET / HTTP/1.1\r\nhost: a\r\nexpect: a miracle\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });
});

describe('closing', () => {
  it('answers the request in flight, and then accepts no more', async () => {
    const port = await freePort();
    const { app, asked, answer } = appOnDemand();
    const server = await listen({ ...local, app, port });
    const inFlight = fetch(`http://127.0.0.1:${port}/`);
    await asked;
    const closed = server[Symbol.asyncDispose]();
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    // Longer than it still accepts requests: only the response may end it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isClosed).toBe(false);
    answer('at last');
    expect(await (await inFlight).text()).toBe('at last');
    await closed;
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('answers a request that arrived while the process was busy', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const client = new Worker(CLIENT, { eval: true, workerData: { port } });
    await once(client, 'message');
    const answered = once(client, 'message');
    const closed = server[Symbol.asyncDispose]();
    client.postMessage('ask again');
    // Blocks the whole process for longer than it still accepts requests.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(await answered).toEqual(['HTTP/1.1 200 OK']);
    await closed;
    await client.terminate();
  });

  it('answers the first request of a new connection', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const closed = server[Symbol.asyncDispose]();
    const visitor = connect(port, '127.0.0.1');
    await once(visitor, 'connect');
    // Longer than it still accepts requests.
    await new Promise((resolve) => setTimeout(resolve, 200));
    visitor.write('GET / HTTP/1.1\r\nhost: hotel\r\n\r\n');
    const [answer] = await once(visitor, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK/);
    await closed;
  });

  it('does not wait for idle connections', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const agent = new Agent({ keepAlive: true });
    const sent = request({ port, host: '127.0.0.1', agent }).end();
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    const silent = connect(port, '127.0.0.1');
    await once(silent, 'connect');
    const ended = once(silent, 'close');
    await server[Symbol.asyncDispose]();
    await ended;
    agent.destroy();
  });

  it.each([
    ['a head', 'GET / HTTP/1.1\r\nhost: a\r\nx: '],
    ['a body', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{'],
  ])('does not wait for the rest of %s that never arrives', async (_, bytes) => {
    const port = await freePort();
    const fetch = async (request: Request) => new Response(await request.text().catch(() => ''));
    const server = await listen({ ...local, app: { fetch }, port });
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => {});
    slow.write(bytes);
    await sleep(50);
    const ended = once(slow, 'close');
    await server[Symbol.asyncDispose]();
    await ended;
  });

  it('still answers clients that are connecting, with `connection: close`', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const closed = server[Symbol.asyncDispose]();
    const sent = request({ port, host: '127.0.0.1', agent: new Agent({ keepAlive: true }) }).end();
    const [response] = await once(sent, 'response');
    expect(response.headers.connection).toBe('close');
    expect(await text(response)).toBe('hello');
    await closed;
  });
});
