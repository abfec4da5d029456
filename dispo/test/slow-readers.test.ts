import { connect } from 'node:net';
import { createApp, describeApi, guardOf } from '@hotel/http';
import { createLogger } from '@hotel/log';
import { listen } from '@hotel/runtime';
import { freePorts } from '@hotel/system';
import { expect, it } from 'vitest';

/** Larger than the socket buffers of both ends. */
const BODY = 'x'.repeat(32 * 1024 * 1024);
const PLACES = 3;

/** The real listener and guard, with a large and a small response. */
async function startStage() {
  const guard = guardOf({ HOTEL_RATE_LIMIT: 0, HOTEL_MAX_IN_FLIGHT: PLACES, HOTEL_CORS_ORIGINS: [] });
  const app = createApp({ errors: {}, log: createLogger(), guard });
  let largeAsked = 0;
  app.get('/large', (c) => {
    largeAsked++;
    return c.text(BODY);
  });
  app.get('/small', (c) => c.text('small'));
  describeApi(app, { title: 'T', description: 'T', version: '1.0.0', tags: [], tracesUrl: 'http://traces', guard });
  const [port = 0] = await freePorts(1);
  const listener = await listen({ app, port, portName: 'PORT', host: '127.0.0.1', edge: 'restart' });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.text();
    return response.status;
  };
  return { port, ask, largeAsked: () => largeAsked, [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose]() };
}

it('takes one place per connection, however many requests it sends without reading a response', async () => {
  await using stage = await startStage();
  const reader = connect(stage.port, '127.0.0.1').pause();
  try {
    reader.write('GET /large HTTP/1.1\r\nhost: hotel\r\n\r\n'.repeat(20));
    await expect.poll(() => stage.largeAsked()).toBe(1);
    for (let i = 0; i < 20; i++) expect(await stage.ask('/small')).toBe(200);
    expect(stage.largeAsked()).toBe(1);
  } finally {
    reader.destroy();
  }
  // The connection's remaining requests are never started after it has closed.
  for (let i = 0; i < 20; i++) expect(await stage.ask('/small')).toBe(200);
  expect(stage.largeAsked()).toBe(1);
});

it('counts an unread response as in flight until it has been sent or its connection is closed', async () => {
  await using stage = await startStage();
  const { port, ask } = stage;
  const readers = Array.from({ length: PLACES }, () => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /large HTTP/1.1\r\nhost: hotel\r\n\r\n');
    return socket;
  });
  try {
    await expect.poll(() => ask('/small')).toBe(503);
    // The handlers have long returned.
    for (let i = 0; i < 20; i++) expect(await ask('/small')).toBe(503);
    expect(await ask('/health')).toBe(200);

    readers[0]?.destroy();
    await expect.poll(() => ask('/small')).toBe(200);
    // A response read to its end frees its place: two places are taken by readers, so this uses the third.
    for (let i = 0; i < 3; i++) expect(await ask('/large')).toBe(200);
    expect(await ask('/small')).toBe(200);
  } finally {
    for (const reader of readers) reader.destroy();
  }
});
