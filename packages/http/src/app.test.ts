import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Logger } from '@hotel/log';
import { remainingMs } from '@hotel/runtime';
import { HTTPException } from 'hono/http-exception';
import { beforeEach, describe, expect, it } from 'vitest';
import { createApp } from './app.ts';
import { jsonAnswer, jsonBody } from './openapi/answers.ts';

let app: OpenAPIHono;
let logged: unknown[];
let thrown: Error;
beforeEach(() => {
  logged = [];
  const log = { error: (...args: unknown[]) => void logged.push(args) } as unknown as Logger;
  app = createApp({ errors: { room_taken: { status: 409 }, database_busy: { status: 503, retryAfterS: 7 } }, log });
  app.get('/time-left', (c) => c.json(remainingMs()));
  app.get('/throws', () => {
    throw thrown;
  });
  const staySchema = z.strictObject({ start: z.iso.date(), guests: z.array(z.strictObject({ name: z.string() })) });
  const responses = { 200: jsonAnswer('The same', staySchema) };
  app.openapi(
    createRoute({ method: 'post', path: '/stays', request: { body: jsonBody(staySchema) }, responses }),
    (c) => c.json(c.req.valid('json'), 200),
  );
});

it('gives a request less than the 15 s after which a client gives up', async () => {
  const left = await (await app.request('/time-left')).json();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(13_000);
});

async function problemOf(answered: Response | Promise<Response>) {
  const response = await answered;
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}
const post = (body: string | ReadableStream, headers: Record<string, string> = {}) =>
  app.request('/stays', {
    method: 'POST',
    body,
    duplex: 'half',
    headers: {
      'content-type': 'application/json',
      ...(typeof body === 'string' ? { 'content-length': String(body.length) } : {}),
      ...headers,
    },
  } as RequestInit);

describe('a domain error in the error table', () => {
  it('has the status of the table, its code as the type and its message as the detail', async () => {
    thrown = Object.assign(new Error('room 101 is taken'), { code: 'room_taken' });
    const { status, headers, body } = await problemOf(app.request('/throws'));
    expect(status).toBe(409);
    expect(body).toEqual({
      type: 'urn:hotel:problem:room_taken',
      title: 'Conflict',
      status: 409,
      detail: 'room 101 is taken',
    });
    expect(headers.get('retry-after')).toBeNull();
    expect(logged).toEqual([]);
  });

  it('has a Retry-After header if the table sets one', async () => {
    thrown = Object.assign(new Error('locked'), { code: 'database_busy' });
    const { status, headers, body } = await problemOf(app.request('/throws'));
    expect(status).toBe(503);
    expect(headers.get('retry-after')).toBe('7');
    expect(body.title).toBe('Service Unavailable');
  });
});

describe('an unexpected error', () => {
  it.each([
    ['an error without a code', new Error('SELECT name FROM guests: secret')],
    ['an error whose code is not in the table', Object.assign(new Error('secret'), { code: 'ENOSPC' })],
    ['an error whose code is a property of every object', Object.assign(new Error('secret'), { code: 'constructor' })],
  ])('returns 500 and writes the text of %s only to the log', async (_what, error) => {
    thrown = error;
    const { status, body } = await problemOf(app.request('/throws'));
    expect(status).toBe(500);
    expect(body).toMatchObject({ type: 'about:blank', title: 'Internal Server Error', status: 500 });
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(logged).toEqual([[{ err: error }, 'a request failed']]);
  });
});

it('keeps the status of an error thrown by the framework', async () => {
  thrown = new HTTPException(405, { message: 'not like this' });
  expect((await problemOf(app.request('/throws'))).body).toMatchObject({ status: 405, detail: 'not like this' });
  expect(logged).toEqual([]);
});

it('names an unknown path without its query string', async () => {
  const { status, body } = await problemOf(app.request('/nowhere?guest=miller'));
  expect(status).toBe(404);
  expect(body).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    detail: 'there is nothing at GET /nowhere',
  });
});

describe('a request body', () => {
  it('with several errors gets all of them listed', async () => {
    const { status, body } = await problemOf(post('{"start": "soon", "guests": [{"nme": 1}], "size": 2}'));
    expect(status).toBe(422);
    expect(body).toMatchObject({ type: 'urn:hotel:problem:invalid_input', detail: 'the body is not valid' });
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(['start', 'guests.0.name', 'guests.0', '']);
    expect(body.errors.every(({ message }: { message: string }) => message.length > 0)).toBe(true);
  });

  it('that is not JSON gets 400, and is not echoed in the response', async () => {
    const { status, body } = await problemOf(post('{"start": miller'));
    expect(status).toBe(400);
    expect(JSON.stringify(body)).not.toContain('miller');
    expect(logged).toEqual([]);
  });

  it('with a Content-Length over 64 KiB is rejected', async () => {
    const { status, body } = await problemOf(post('{}', { 'content-length': String(64 * 1024 + 1) }));
    expect(status).toBe(413);
    expect(body.detail).toContain('65536 bytes');
  });

  it('of exactly 64 KiB is accepted', async () => {
    const frame = JSON.stringify({ start: '2027-02-04', guests: [{ name: '' }] });
    const text = frame.replace('""', `"${'x'.repeat(64 * 1024 - frame.length)}"`);
    expect((await post(text, { 'content-length': String(text.length) })).status).toBe(200);
  });

  it('that exceeds the limit while streaming is rejected', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 16 * 1024;
        controller.enqueue(new Uint8Array(16 * 1024).fill(32));
        if (sent > 10 * 1024 * 1024) controller.close();
      },
    });
    const { status } = await problemOf(post(endless, { 'transfer-encoding': 'chunked' }));
    expect(status).toBe(413);
    expect(sent).toBeLessThan(1024 * 1024);
  });

  it('of unknown length needs a media type too', async () => {
    const headers = { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' };
    const { status, body } = await problemOf(post('{}', headers));
    expect(status).toBe(415);
    expect(body.detail).toBe('send application/json instead of text/plain');
  });
});
