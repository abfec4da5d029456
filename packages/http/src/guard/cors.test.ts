import type { Logger } from '@hotel/log';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApp } from '../app.ts';
import { guardOf, guardSettings } from './settings.ts';

const PAGE = 'https://front.example';
const settings = z.object(guardSettings);
const silent = { error() {} } as unknown as Logger;

function appWith(env: Record<string, string>) {
  const app = createApp({ errors: {}, log: silent, guard: guardOf(settings.parse(env)) });
  app.get('/things', (c) => c.json([]));
  app.post('/things', (c) => c.json({}, 201));
  app.get('/fails', () => {
    throw new Error('not now');
  });
  return (method: string, path: string, headers: Record<string, string>) => app.request(path, { method, headers });
}

describe('with HOTEL_CORS_ORIGINS', () => {
  const ask = appWith({
    HOTEL_CORS_ORIGINS: ` ${PAGE}, http://localhost:3000`,
    HOTEL_API_TOKENS: 's3cret',
    LOG_LEVEL: 'silent',
  });
  const token = { authorization: 'Bearer s3cret' };
  const preflight = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'if-match' };

  it.each([PAGE, 'http://localhost:3000'])('a page of %s may send requests and read the responses', async (origin) => {
    const asked = await ask('OPTIONS', '/things', { origin, ...preflight });
    expect(asked.status).toBe(204);
    const listed = (name: string) => asked.headers.get(name)?.toLowerCase().split(/, ?/);
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(listed('access-control-allow-methods')).toEqual(expect.arrayContaining(['post', 'patch', 'delete']));
    expect(listed('access-control-allow-headers')).toEqual(
      expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match', 'traceparent']),
    );
    const { status, headers } = await ask('GET', '/things', { origin, ...token });
    expect([status, headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([200, origin, 'Origin']);
    expect(headers.get('access-control-expose-headers')?.toLowerCase().split(/, ?/)).toEqual(
      expect.arrayContaining(['etag', 'link', 'location', 'retry-after', 'traceresponse', 'server-timing']),
    );
    expect(headers.get('access-control-allow-credentials')).toBeNull();
  });

  it.each([
    ['without a token', 401, '/things', {}],
    ['for an unknown path', 404, '/nothing', token],
    ['that fails', 500, '/fails', token],
  ])('a page can read the problem of a request %s', async (_, status, path, headers) => {
    const answer = await ask('GET', path, { origin: PAGE, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe(PAGE);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['https://evil.example', 'https://front.example.evil.example', 'http://front.example', 'null'])(
    'a page of %s is not allowed',
    async (origin) => {
      const asked = await ask('OPTIONS', '/things', { origin, ...preflight });
      expect(asked.headers.get('access-control-allow-origin')).toBeNull();
      const { headers } = await ask('GET', '/things', { origin, ...token });
      expect([headers.get('access-control-allow-origin'), headers.get('vary')]).toEqual([null, 'Origin']);
    },
  );

  it('an OPTIONS request that is not a preflight lists the methods of the path', async () => {
    const { status, headers } = await ask('OPTIONS', '/things', { origin: PAGE, ...token });
    expect([status, headers.get('allow')]).toEqual([204, 'GET, HEAD, POST, OPTIONS']);
  });
});

it('without HOTEL_CORS_ORIGINS all other origins are rejected', async () => {
  const { headers } = await appWith({})('GET', '/things', { origin: PAGE });
  expect([...headers.keys()].filter((name) => name.startsWith('access-control') || name === 'vary')).toEqual([]);
});

it.each(['*', 'front.example', 'https://front.example/app', 'https://a b', ',', 'https://a,', 'ftp://a', 'null'])(
  '%s is not a list of origins',
  (list) => {
    expect(settings.safeParse({ HOTEL_CORS_ORIGINS: list }).success).toBe(false);
  },
);

it('accepts an origin with a trailing slash, in capitals or with the default port', () => {
  const guard = guardOf(settings.parse({ HOTEL_CORS_ORIGINS: 'https://Front.example:443/' }));
  expect(guard.origins).toEqual([PAGE]);
});

describe('a write', () => {
  const ask = appWith({ HOTEL_CORS_ORIGINS: PAGE, LOG_LEVEL: 'silent' });
  const write = async (headers: Record<string, string>) => (await ask('POST', '/things', headers)).status;

  it.each(['cross-site', 'same-site'])(
    'by a page that is %s is rejected, although it needs no preflight',
    async (site) => {
      const from = { 'sec-fetch-site': site, origin: 'https://evil.example' };
      expect(await write(from)).toBe(403);
      expect((await ask('GET', '/things', from)).status).toBe(200);
    },
  );

  it('by a page of HOTEL_CORS_ORIGINS, by our own page and by another program reaches its route', async () => {
    const requests = [{ 'sec-fetch-site': 'cross-site', origin: PAGE }, { 'sec-fetch-site': 'same-origin' }, {}];
    expect(await Promise.all(requests.map((headers) => write(headers)))).toEqual([201, 201, 201]);
  });
});
