import { connect } from 'node:net';
import { createApp, describeApi, guardOf } from '@hotel/http';
import { listen } from '@hotel/runtime';
import { freePorts } from '@hotel/system';
import { createLogger } from '@hotel/telemetry';
import { expect, it } from 'vitest';

/** More than the buffers of both ends of a connection hold. */
const BODY = 'x'.repeat(32 * 1024 * 1024);
const PLACES = 3;

it('a response that nobody reads counts as in flight until it has been sent or its connection is gone', async () => {
  const guard = guardOf({ HOTEL_RATE_LIMIT: 0, HOTEL_MAX_IN_FLIGHT: PLACES, HOTEL_CORS_ORIGINS: [] });
  const app = createApp({ errors: {}, log: createLogger(), guard });
  app.get('/large', (c) => c.text(BODY));
  app.get('/small', (c) => c.text('small'));
  describeApi(app, { title: 'T', description: 'T', version: '1.0.0', tags: [], tracesUrl: 'http://traces', guard });
  const [port = 0] = await freePorts(1);
  await using _ = await listen({ app, port, portName: 'PORT', host: '127.0.0.1', edge: 'restart' });
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    await response.text();
    return response.status;
  };
  const readers = Array.from({ length: PLACES }, () => {
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /large HTTP/1.1\r\nhost: hotel\r\n\r\n');
    return socket;
  });
  try {
    await expect.poll(() => ask('/small')).toBe(503);
    // Still so when the handlers have long returned.
    for (let i = 0; i < 20; i++) expect(await ask('/small')).toBe(503);
    expect(await ask('/health')).toBe(200);

    readers[0]?.destroy();
    await expect.poll(() => ask('/small')).toBe(200);
    // One that is read to its end leaves its place as well: two are taken by readers, so this is the third.
    for (let i = 0; i < 3; i++) expect(await ask('/large')).toBe(200);
    expect(await ask('/small')).toBe(200);
  } finally {
    for (const reader of readers) reader.destroy();
  }
});
