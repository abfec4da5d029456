import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TRACE_ID } from '../test/spans.ts';
import { httpJson } from './http-json.ts';

/** Echoes the request, with the content type given in the query. */
const echo = createServer(async (request, response) => {
  const type = new URL(request.url ?? '/', 'http://echo').searchParams.get('type');
  const body = Buffer.concat(await request.toArray()).toString();
  response.writeHead(type ? 201 : 204, {
    ...(type ? { 'content-type': type } : {}),
    connection: 'close',
    traceresponse: `00-${TRACE_ID}-00000000000000aa-01`,
  });
  response.end(type ? JSON.stringify({ body, sent: request.headers['content-type'] ?? null }) : undefined);
});
let url = '';

beforeAll(async () => {
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`;
});
afterAll(() => new Promise((resolve) => echo.close(resolve)));

test('sends and reads a body as JSON, and returns the trace id', async () => {
  const response = await httpJson(`${url}?type=application/json`, { method: 'POST', body: { room: 1 } });
  expect(response).toMatchObject({
    status: 201,
    body: { body: '{"room":1}', sent: 'application/json' },
    traceId: TRACE_ID,
  });
});

test('sends text unchanged, with the requested content type', async () => {
  const init = { method: 'POST', body: '{bad', headers: { 'content-type': 'text/plain' } };
  expect((await httpJson(`${url}?type=application/problem%2Bjson`, init)).body).toEqual({
    body: '{bad',
    sent: 'text/plain',
  });
});

test('sends no content type without a body', async () => {
  expect((await httpJson(`${url}?type=application/json`)).body).toMatchObject({ sent: null });
});

test('returns a non-JSON body as text, and an empty body as undefined', async () => {
  expect((await httpJson(`${url}?type=text/html`)).body).toBe('{"body":"","sent":null}');
  expect(await httpJson(url)).toMatchObject({ status: 204, body: undefined });
});
