import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TRACE_ID } from '../test/spans.ts';
import { httpJson } from './http-json.ts';

/** Answers with what it got, as the content type in the query says. */
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

test('a body is sent and read as JSON, and the trace id is given', async () => {
  const response = await httpJson(`${url}?type=application/json`, { method: 'POST', body: { room: 1 } });
  expect(response).toMatchObject({
    status: 201,
    body: { body: '{"room":1}', sent: 'application/json' },
    traceId: TRACE_ID,
  });
});

test('a text is sent as it is, with the content type that was asked for', async () => {
  const init = { method: 'POST', body: '{bad', headers: { 'content-type': 'text/plain' } };
  expect((await httpJson(`${url}?type=application/problem%2Bjson`, init)).body).toEqual({
    body: '{bad',
    sent: 'text/plain',
  });
});

test('without a body no content type is sent', async () => {
  expect((await httpJson(`${url}?type=application/json`)).body).toMatchObject({ sent: null });
});

test('what is not JSON is given as text, and nothing as undefined', async () => {
  expect((await httpJson(`${url}?type=text/html`)).body).toBe('{"body":"","sent":null}');
  expect(await httpJson(url)).toMatchObject({ status: 204, body: undefined });
});
