import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { freePort, holdPort } from '../test/port.ts';
import { listen } from './listen.ts';

/** In a thread of its own: asks once when it is connected and once when it is told to, and tells the first line of each answer. */
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

/** An app that answers when it is told to. */
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
  it('serves the app once it has resolved', async () => {
    const port = await freePort();
    await using _server = await listen({ ...local, app: hello, port });
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello');
  });

  it('on a port that is taken fails with the port and the variable to set', async () => {
    const { port, release } = await holdPort();
    await expect(listen({ ...local, app: hello, port })).rejects.toThrow(
      `port ${port} is taken by another program; set DISPO_PORT to a free one`,
    );
    await release();
  });

  it('on an address that is not ours fails with the reason of the system', async () => {
    // https://www.rfc-editor.org/rfc/rfc5737: an address for documentation.
    await expect(listen({ ...local, app: hello, port: 0, host: '192.0.2.1' })).rejects.toThrow('EADDRNOTAVAIL');
  });
});

describe('closing', () => {
  it('answers the request in flight, and then nobody', async () => {
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
    // Longer than it goes on to take requests: only the answer may end it.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(isClosed).toBe(false);
    answer('at last');
    expect(await (await inFlight).text()).toBe('at last');
    await closed;
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('answers a request that came while it was too busy to notice', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const client = new Worker(CLIENT, { eval: true, workerData: { port } });
    await once(client, 'message');
    const answered = once(client, 'message');
    const closed = server[Symbol.asyncDispose]();
    client.postMessage('ask again');
    // Longer than it goes on to take requests, and nothing else of this process runs.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    expect(await answered).toEqual(['HTTP/1.1 200 OK']);
    await closed;
    await client.terminate();
  });

  it('lets somebody ask who has just connected', async () => {
    const port = await freePort();
    const server = await listen({ ...local, app: hello, port });
    const closed = server[Symbol.asyncDispose]();
    const visitor = connect(port, '127.0.0.1');
    await once(visitor, 'connect');
    // Longer than it goes on to take requests.
    await new Promise((resolve) => setTimeout(resolve, 200));
    visitor.write('GET / HTTP/1.1\r\nhost: hotel\r\n\r\n');
    const [answer] = await once(visitor, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 200 OK/);
    await closed;
  });

  it('does not wait for connections on which nobody asks anything', async () => {
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

  it('still answers who is on the way here, and asks them not to come again', async () => {
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
