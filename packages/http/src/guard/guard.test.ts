import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createLogger } from '@hotel/log';
import { describe, expect, it } from 'vitest';
import { problemsOfDocument } from '../../test/check-document.ts';
import { createApp } from '../app.ts';
import { jsonAnswer, jsonBody } from '../openapi/answers.ts';
import type { ApiDocument } from '../openapi/api-document.ts';
import { describeApi } from '../openapi/describe.ts';
import type { Guard } from './guard.ts';
import { guardOf, guardSettings } from './settings.ts';

const thing = z.strictObject({ name: z.string().openapi({ example: 'x' }) }).openapi('Thing');

interface Harness {
  app: OpenAPIHono;
  ask: (method: string, path: string, token?: string, address?: string) => Promise<Response>;
  /** Completes the requests pending in `/things`. */
  answer: () => void;
}

function createHarness(env: Record<string, string>): Harness {
  const guard: Guard = guardOf(z.object(guardSettings).parse(env));
  const app = createApp({ errors: {}, log: createLogger(), guard });
  const { promise, resolve } = Promise.withResolvers<void>();
  const path = '/things';
  const get = {
    method: 'get',
    path,
    operationId: 'readThing',
    summary: 'Wait',
    responses: { 200: jsonAnswer('It', thing) },
  };
  const post = { ...get, method: 'post', operationId: 'makeThing', request: { body: jsonBody(thing) } };
  app.openapi(createRoute(get as { method: 'get' } & typeof get), async (c) => {
    await promise;
    return c.json({ name: 'x' }, 200);
  });
  app.openapi(createRoute(post as { method: 'post' } & typeof post), (c) => c.json({ name: 'x' }, 200));
  const tags = [{ name: 'things', description: 'T' }];
  describeApi(app, { title: 'things', description: 'T', version: '1.0.0', tags, tracesUrl: 'http://traces', guard });
  return {
    app,
    answer: resolve,
    async ask(method, target, token, address = '192.0.2.1') {
      const headers: Record<string, string> = token === undefined ? {} : { authorization: token };
      const body = method === 'POST' ? '{"name": "x"}' : undefined;
      if (body) Object.assign(headers, { 'content-type': 'application/json', 'content-length': String(body.length) });
      const incoming = { socket: { remoteAddress: address } };
      return app.request(target, { method, headers, ...(body ? { body } : {}) }, { incoming });
    },
  };
}

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as { type: string; status: number };
};

describe('with HOTEL_API_TOKENS', () => {
  const { app, ask, answer } = createHarness({ HOTEL_API_TOKENS: 'wr1te, l00k:read' });
  answer();

  it.each([
    ['no token', undefined, 'token_missing', 'Bearer realm="hotel"'],
    ['an unknown token', 'Bearer other', 'unknown_token', 'Bearer realm="hotel", error="invalid_token"'],
    ['a prefix of a token', 'Bearer wr1t', 'unknown_token', 'Bearer realm="hotel", error="invalid_token"'],
    ['the whole list', 'Bearer wr1te,l00k', 'unknown_token', 'Bearer realm="hotel", error="invalid_token"'],
    [
      'a token followed by its scope',
      'Bearer l00k:read',
      'unknown_token',
      'Bearer realm="hotel", error="invalid_token"',
    ],
    ['another scheme', 'Basic wr1te', 'unknown_token', 'Bearer realm="hotel", error="invalid_token"'],
  ])('%s gets 401, whether the path exists or not', async (_, token, code, challenge) => {
    for (const [method, path] of [
      ['GET', '/things'],
      ['POST', '/things'],
      ['GET', '/nothing'],
      ['OPTIONS', '/things'],
      ['GET', '/health/x'],
    ] as const) {
      const response = await ask(method, path, token);
      expect(response.headers.get('www-authenticate')).toBe(challenge);
      expect(await problemOf(response)).toMatchObject({ status: 401, type: `urn:hotel:problem:${code}` });
    }
  });

  it('a token may do everything, and a read-only token may read', async () => {
    expect((await ask('POST', '/things', 'Bearer wr1te')).status).toBe(200);
    expect((await ask('GET', '/things', 'bearer l00k')).status).toBe(200);
    expect((await ask('HEAD', '/things', 'Bearer l00k')).status).toBe(200);
    expect((await ask('OPTIONS', '/things', 'Bearer l00k')).status).toBe(204);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    'a read-only token that sends %s gets 403',
    async (method) => {
      const refused = await ask(method, '/things', 'Bearer l00k');
      expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
      expect(await problemOf(refused)).toMatchObject({ status: 403, type: 'urn:hotel:problem:read_only_token' });
    },
  );

  it.each(['/health', '/health/', '/docs', '/openapi.json'])('%s needs no token', async (path) => {
    expect((await ask('GET', path)).status).toBe(200);
  });

  it('the OpenAPI document declares the token, and the docs page has a field for it', async () => {
    expect(await problemsOfDocument(app)).toEqual([]);
    const document = (await (await ask('GET', '/openapi.json')).json()) as ApiDocument;
    expect(document.paths['/things']?.get?.security).toEqual([{ token: [] }]);
    expect(document.paths['/health']?.get?.security).toBeUndefined();
    expect(Object.keys(document.paths['/things']?.get?.responses ?? {})).toEqual(
      expect.arrayContaining(['401', '403', '503']),
    );
    expect(await (await ask('GET', '/docs')).text()).toContain('<input id="token" type="password"');
  });
});

it('without HOTEL_API_TOKENS every caller may do everything, and the docs do not mention tokens', async () => {
  const { app, ask } = createHarness({});
  expect((await ask('POST', '/things', 'Bearer whatever')).status).toBe(200);
  expect(await problemsOfDocument(app)).toEqual([]);
  expect(await (await ask('GET', '/openapi.json')).text()).not.toContain('securitySchemes');
  expect(await (await ask('GET', '/docs')).text()).not.toContain('id="token"');
});

it.each(['', ' ', ',', 'a,', 'a b:write', 'a:write', 'ä', 'a:read:read', 'a"b'])(
  '%j is not a valid list of tokens',
  (list) => {
    expect(z.object(guardSettings).safeParse({ HOTEL_API_TOKENS: list }).success).toBe(false);
  },
);

describe('with HOTEL_RATE_LIMIT', () => {
  it('a caller over the limit gets 429, counted per token and per peer, and health checks are exempt', async () => {
    const { ask, answer } = createHarness({ HOTEL_RATE_LIMIT: '1', HOTEL_API_TOKENS: 'one,two' });
    answer();
    for (let i = 0; i < 2; i++) expect((await ask('GET', '/things', 'Bearer one')).status).toBe(200);
    const refused = await ask('GET', '/things', 'Bearer one', '192.0.2.77');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await problemOf(refused)).toMatchObject({ status: 429, type: 'urn:hotel:problem:too_many_requests' });
    expect((await ask('GET', '/things', 'Bearer two')).status).toBe(200);
    for (const guess of ['a', 'b']) expect((await ask('GET', '/things', `Bearer ${guess}`)).status).toBe(401);
    expect((await ask('GET', '/things', 'Bearer c')).status).toBe(429);
    expect((await ask('GET', '/docs')).status).toBe(429);
    expect((await ask('GET', '/things', 'Bearer c', '192.0.2.2')).status).toBe(401);
    expect((await ask('GET', '/health')).status).toBe(200);
  });
});

describe('with HOTEL_MAX_IN_FLIGHT', () => {
  it('excess requests get 503 before any work, health checks are exempt, and a finished request frees its slot', async () => {
    const { ask, answer } = createHarness({ HOTEL_MAX_IN_FLIGHT: '2' });
    const waiting = [ask('GET', '/things'), ask('GET', '/things')];
    const refused = await ask('GET', '/things');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await problemOf(refused)).toMatchObject({ status: 503, type: 'urn:hotel:problem:overloaded' });
    expect((await ask('GET', '/health')).status).toBe(200);
    answer();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    expect((await ask('GET', '/things')).status).toBe(200);
  });
});

it.each(['/things', '/nothing', '/health', '/docs', '/openapi.json'])(
  '%s has security headers that forbid everything by default',
  async (path) => {
    const { ask, answer } = createHarness({});
    answer();
    const { headers } = await ask('GET', path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-powered-by')).toBeNull();
  },
);
