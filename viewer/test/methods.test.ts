import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { startViewer } from './support/harness.ts';

const ALLOW = 'GET, HEAD, OPTIONS';

describe('every listener of the viewer', () => {
  test.each([
    ['query', '/search'],
    ['query', '/api/services'],
    ['health', '/status'],
  ] as const)('answers HTTP/1.0 without a host: %s, %s', async (purpose, path) => {
    const viewer = await startViewer();
    const socket = connect(viewer.ports[purpose], '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.0\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK/);
  });
});

describe('the query listener', () => {
  test.each(['/search', '/api/services', '/assets/base.css'])(
    'answers HEAD with the length of GET: %s',
    async (path) => {
      const viewer = await startViewer();
      const url = `http://127.0.0.1:${viewer.ports.query}${path}`;
      const body = Buffer.from(await (await fetch(url)).arrayBuffer());
      const { status, headers } = await fetch(url, { method: 'HEAD' });
      expect([status, headers.get('content-length')]).toEqual([200, String(body.length)]);
    },
  );

  test.each(['POST', 'DELETE', 'PATCH'])(
    'rejects %s with 405 on existing paths, and with 404 elsewhere',
    async (method) => {
      const viewer = await startViewer();
      const url = `http://127.0.0.1:${viewer.ports.query}`;
      const refused = await fetch(`${url}/api/services`, { method });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, ALLOW]);
      expect((await fetch(`${url}/nothing`, { method })).status).toBe(404);
    },
  );

  test('lists the allowed methods on OPTIONS', async () => {
    const viewer = await startViewer();
    const { status, headers } = await fetch(`http://127.0.0.1:${viewer.ports.query}/search`, { method: 'OPTIONS' });
    expect([status, headers.get('allow')]).toEqual([204, ALLOW]);
  });

  test('accepts POST on the paths that support it', async () => {
    const viewer = await startViewer();
    const url = `http://127.0.0.1:${viewer.ports.query}/import`;
    const refused = await fetch(url, { method: 'PUT' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS']);
  });
});

describe('the health listener', () => {
  test('answers HEAD with the length of GET', async () => {
    const viewer = await startViewer();
    const url = `http://127.0.0.1:${viewer.ports.health}/status`;
    const body = await (await fetch(url)).text();
    const { status, headers } = await fetch(url, { method: 'HEAD' });
    expect([status, headers.get('content-length')]).toEqual([200, String(Buffer.byteLength(body))]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])(
    'rejects %s of the status with 405, and elsewhere with 404',
    async (method) => {
      const viewer = await startViewer();
      const url = `http://127.0.0.1:${viewer.ports.health}`;
      const refused = await fetch(`${url}/status`, { method });
      expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect((await fetch(`${url}/nothing`, { method })).status).toBe(404);
    },
  );
});
