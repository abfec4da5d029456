import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { createLogger } from '@hotel/log';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { idParams, jsonAnswer, jsonBody, pageAnswer } from './openapi/answers.ts';
import { describeApi } from './openapi/describe.ts';
import { idCursor, pageQuerySchema, readPage } from './request/page.ts';

const thingSchema = z.strictObject({ name: z.string().openapi({ example: '<b>"thing"</b>' }) });
const rows = [1, 2, 3, 5, 8].map((id) => ({ id }));

let app: OpenAPIHono;
beforeEach(() => {
  app = createApp({ errors: {}, log: createLogger() });
  const things = { list: '/things', one: '/things/{id}', fresh: '/things/new' };
  app.openapi(
    createRoute({
      method: 'get',
      path: things.list,
      operationId: 'listThings',
      summary: 'List <things>',
      request: { query: pageQuerySchema },
      responses: { 200: pageAnswer('A page', z.object({ id: z.int() })) },
    }),
    async (c) => {
      const read = async ({ after, limit }: { after: number; limit: number }) =>
        rows.filter(({ id }) => id > after).slice(0, limit);
      return c.json(await readPage(c, c.req.valid('query'), read, idCursor), 200);
    },
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: things.list,
      request: { body: jsonBody(thingSchema) },
      responses: { 201: jsonAnswer('A thing', thingSchema) },
    }),
    (c) => c.json(c.req.valid('json'), 201),
  );
  app.openapi(
    createRoute({ method: 'get', path: things.fresh, responses: { 200: jsonAnswer('A new one', thingSchema) } }),
    (c) => c.json({ name: 'new' }, 200),
  );
  app.openapi(
    createRoute({
      method: 'delete',
      path: things.one,
      request: { params: idParams },
      responses: { 204: { description: 'Gone' } },
    }),
    (c) => c.body(null, 204),
  );
  app.openapi(
    createRoute({
      method: 'get',
      path: things.one,
      request: { params: idParams },
      responses: { 200: jsonAnswer('Its id', z.object({ id: z.int() })) },
    }),
    (c) => c.json({ id: c.req.valid('param').id }, 200),
  );
  app.openapi(
    createRoute({
      method: 'post',
      path: '/things/{id}/use',
      request: { params: idParams },
      responses: { 204: { description: 'Used' } },
    }),
    (c) => c.body(null, 204),
  );
  describeApi(app, { title: 'things', description: 'A & B', version: '1.0.0', tags: [], tracesUrl: 'http://traces' });
});

async function ask(
  method: string,
  path: string,
  init: { body?: string | Buffer; headers?: Record<string, string> } = {},
) {
  const length: Record<string, string> = init.body ? { 'content-length': String(Buffer.byteLength(init.body)) } : {};
  const { body: content } = init;
  const response = await app.request(path, {
    ...(content ? { body: typeof content === 'string' ? content : new Uint8Array(content) } : {}),
    method,
    headers: { ...length, ...init.headers },
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, body: text && isJson ? JSON.parse(text) : text };
}
const json = { 'content-type': 'application/json' };

describe('a list', () => {
  it('links to the next page while there is one', async () => {
    const pages = [];
    let path: string | undefined = '/things?limit=2';
    while (path) {
      const { body, headers } = await ask('GET', path);
      pages.push(body.map(({ id }: { id: number }) => id));
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(pages).toEqual([[1, 2], [3, 5], [8]]);
  });

  it('has no next link when the last page is exactly full', async () => {
    expect((await ask('GET', '/things?limit=5')).headers.get('link')).toBeNull();
  });

  it('continues after a deleted row', async () => {
    expect((await ask('GET', '/things?after=4')).body).toEqual([{ id: 5 }, { id: 8 }]);
    expect((await ask('GET', '/things?after=999999999999999')).body).toEqual([]);
  });

  it.each(['limit=0', 'limit=201', 'limit=1e1', 'limit=', 'limit=1&limit=2', 'after=-1', 'after=1.5', 'lmit=1'])(
    'rejects ?%s',
    async (query) => {
      expect(await ask('GET', `/things?${query}`)).toMatchObject({ status: 422, body: { errors: [{}] } });
    },
  );
});

describe('an id', () => {
  it.each(['0', '-1', '0x1', '1e1', '1.5', '%201', 'x', '01', '1'.repeat(16), '%E0%A4%A'])(
    '%s gets 404',
    async (id) => {
      expect((await ask('GET', `/things/${id}`)).status).toBe(404);
    },
  );

  it('may be followed by a trailing slash', async () => {
    expect((await ask('GET', '/things/7/')).body).toEqual({ id: 7 });
  });
});

describe('an undeclared field', () => {
  it('is rejected in the query of a route that declares no query', async () => {
    expect(await ask('GET', '/things/1?verbose=1')).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'verbose', message: 'is not known here' }] },
    });
    expect((await ask('HEAD', '/things/1?verbose=1')).status).toBe(422);
  });

  it('is rejected in the body of a route that declares no body, where {} counts as empty', async () => {
    expect((await ask('POST', '/things/1/use', { body: '{"force": true}', headers: json })).status).toBe(422);
    expect((await ask('POST', '/things/1/use', { body: ' {} ', headers: json })).status).toBe(204);
    expect((await ask('POST', '/things/1/use')).status).toBe(204);
  });

  it('is ignored by the health check', async () => {
    expect(await ask('GET', '/health?from=balancer')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('a request body', () => {
  it.each([
    ['of no media type', 415, { body: '{}' }],
    ['of another media type', 415, { body: 'name=x', headers: { 'content-type': 'text/plain' } }],
    [
      'of another charset',
      415,
      { body: '{"name": "x"}', headers: { 'content-type': 'application/json; charset=latin1' } },
    ],
    [
      'of two charsets',
      415,
      { body: '{}', headers: { 'content-type': 'application/json; charset=utf-8; charset="ascii"' } },
    ],
    ['that is not UTF-8', 400, { body: Buffer.from('{"name": "J\xfcrgen"}', 'latin1'), headers: json }],
    ['that is cut off within a character', 400, { body: Buffer.from('{"name": "\xe2\x82"}', 'latin1'), headers: json }],
    ['in UTF-16', 400, { body: Buffer.from('{"name": "x"}', 'utf16le'), headers: json }],
    ['that is compressed', 415, { body: '{}', headers: { ...json, 'content-encoding': 'gzip' } }],
    ['that is not JSON', 400, { body: '{', headers: json }],
    ['that is too large', 413, { body: `{"name": "${'x'.repeat(70_000)}"}`, headers: json }],
    ['with an unknown field', 422, { body: '{"name": "x", "size": 1}', headers: json }],
    ['with a missing field', 422, { body: '{}', headers: json }],
    ['that is missing', 422, {}],
    ['that is empty', 400, { headers: json }],
    ['that is empty and of another type', 415, { headers: { 'content-type': 'text/plain' } }],
  ])('%s gets %i', async (_, status, init) => {
    const answer = await ask('POST', '/things', init);
    expect(answer).toMatchObject({ status, body: { status } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['Application/JSON; charset=utf-8', 'application/json;charset="UTF-8"', 'application/json; a=b'])(
    'may have the media type %s',
    async (type) => {
      const headers = { 'content-type': type };
      const answer = await ask('POST', '/things/', { body: '{"name": "Jürgen"}', headers });
      expect(answer).toMatchObject({ status: 201, body: { name: 'Jürgen' } });
    },
  );

  it.each([
    ['that lacks a field', 'name', { body: '{}', headers: json }],
    ['that is missing', '', {}],
  ])('%s is reported as missing', async (_, path, init) => {
    const { body } = await ask('POST', '/things', init);
    expect(body).toMatchObject({ errors: [{ path, message: 'is missing' }] });
  });

  it('may begin with a byte order mark', async () => {
    expect((await ask('POST', '/things', { body: '\ufeff{"name": "x"}', headers: json })).status).toBe(201);
  });
});

describe('a method', () => {
  it('HEAD gets the response of GET without the body', async () => {
    const { status, headers, body } = await ask('HEAD', '/things?limit=2');
    expect({ status, body, link: headers.get('link') }).toEqual({
      status: 200,
      body: '',
      link: '</things?limit=2&after=2>; rel="next"',
    });
  });

  it.each([
    ['/things/', 'GET, HEAD, POST, OPTIONS'],
    ['/things/1', 'GET, HEAD, DELETE, OPTIONS'],
    ['/things/1/use', 'POST, OPTIONS'],
    ['/docs', 'GET, HEAD, OPTIONS'],
    ['/things/new', 'GET, HEAD, OPTIONS'],
  ])('OPTIONS lists the methods of %s', async (path, allow) => {
    const { status, headers } = await ask('OPTIONS', path);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 204, allow });
  });

  it.each([
    ['DELETE', '/things', 'GET, HEAD, POST, OPTIONS'],
    ['PROPFIND', '/things/', 'GET, HEAD, POST, OPTIONS'],
    ['HEAD', '/things/1/use', 'POST, OPTIONS'],
    ['PUT', '/things/999', 'GET, HEAD, DELETE, OPTIONS'],
    // A literal path, not an id: the methods of `/things/{id}` do not apply.
    ['DELETE', '/things/new', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/things/new/', 'GET, HEAD, OPTIONS'],
    ['POST', '/docs', 'GET, HEAD, OPTIONS'],
  ])('%s on %s, which does not support it, gets 405 with the allowed methods', async (method, path, allow) => {
    const { status, headers } = await ask(method, path);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow });
    expect(headers.get('content-type')).toBe('application/problem+json');
  });

  it.each([
    ['PUT', '/nothing'],
    ['OPTIONS', '/nothing'],
    ['GET', '/things/x'],
    ['DELETE', '/'],
  ])('%s %s, which does not exist, gets 404', async (method, path) => {
    const { status, headers } = await ask(method, path);
    expect({ status, allow: headers.get('allow') }).toEqual({ status: 404, allow: null });
  });

  it.each(['/things?limit=2', '/things/1', '/things/x', '/things?limit=0', '/docs', '/openapi.json', '/nothing'])(
    'HEAD of %s has the Content-Length of GET',
    async (path) => {
      const { status, body, headers } = await ask('GET', path);
      const head = await ask('HEAD', path);
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      expect(head).toMatchObject({ status, body: '' });
      expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(text));
      expect(head.headers.get('content-type')).toBe(headers.get('content-type'));
    },
  );
});

describe('/docs', () => {
  it('is one page that loads nothing from elsewhere and runs only its own script', async () => {
    const { headers, body } = await ask('GET', '/docs/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; connect-src 'self'/,
    );
    expect(body).not.toMatch(/(src|href)="(https?:)?\/\/(?!traces["/])/);
    expect(body).toContain('List &lt;things&gt;');
    expect(body).toContain('<p>A &amp; B</p>');
    expect(body).toContain('&lt;b&gt;\\&quot;thing\\&quot;&lt;/b&gt;');
    expect(body).not.toContain('<b>"thing"');
  });
});
