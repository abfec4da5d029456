import { request } from 'node:http';
import { httpJson, type JsonResponse, type TracedSystem } from '@hotel/trace-test';
import { describe, expect, it } from 'vitest';
import { ask, type Booking, book } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';

interface Problem {
  status: number;
  type: string;
  detail: string;
  trace_id: string;
  errors?: Array<{ path: string; message: string }>;
}
type Service = 'DISPO_PORT' | 'CLEANING_PORT';

let traced: TracedSystem;
borrowHotel((hotel) => {
  ({ traced } = hotel);
});

/** Raw, since `fetch` rejects some of these requests. */
function send(
  service: Service,
  options: { method: string; path: string; headers?: Record<string, string>; chunks?: string[] },
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const { chunks = [], ...rest } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port: traced.ports[service], agent: false, ...rest },
      async (answer) => {
        const body = (await answer.toArray()).join('');
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body });
      },
    );
    outgoing.on('error', reject);
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
  });
}

const json = { 'content-type': 'application/json' };
const stay = { room_id: 1, start: '2091-02-04', end: '2091-02-06' };

describe('an Idempotency-Key', () => {
  it('used by many concurrent requests makes one booking, and all of them get it', async () => {
    const headers = { 'idempotency-key': 'raced' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => ask(traced, 'POST', '/api/v1/bookings', stay, headers)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 201]);
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  });

  it('with a different body is rejected, and makes nothing', async () => {
    const headers = { 'idempotency-key': 'reused' };
    const { body } = await ask(traced, 'POST', '/api/v1/bookings', { ...stay, room_id: 2 }, headers);
    const other = await ask<Problem>(traced, 'POST', '/api/v1/bookings', { ...stay, room_id: 3 }, headers);
    expect(other).toMatchObject({ status: 422, body: { type: 'urn:hotel:problem:idempotency_key_reused' } });
    const again = await ask(traced, 'POST', '/api/v1/bookings/', { ...stay, room_id: 2 }, headers);
    expect(again).toMatchObject({ status: 200, body: { id: body.id } });
    expect(again.headers.get('location')).toBe(`/api/v1/bookings/${body.id}`);
  });

  it('returns the current booking', async () => {
    const headers = { 'idempotency-key': 'later' };
    const { body } = await ask(traced, 'POST', '/api/v1/bookings', { ...stay, room_id: 4 }, headers);
    await ask(traced, 'DELETE', `/api/v1/bookings/${body.id}`);
    const again = await ask(traced, 'POST', '/api/v1/bookings', { ...stay, room_id: 4 }, headers);
    expect(again).toMatchObject({ status: 200, body: { id: body.id, status: 'cancelled' } });
  });

  it.each(['', 'x'.repeat(256)])('of an invalid length is rejected', async (key) => {
    const refused = await ask(traced, 'POST', '/api/v1/bookings', stay, { 'idempotency-key': key });
    expect(refused.status).toBe(422);
  });
});

describe('a list', () => {
  async function walk<Row extends { id: number }>(service: Service, first: string): Promise<Row[][]> {
    const pages: Row[][] = [];
    for (let path: string | undefined = first; path; ) {
      const { status, body, headers }: JsonResponse<Row[]> = await httpJson(traced.url(service) + path);
      expect(status).toBe(200);
      pages.push(body);
      path = /^<([^>]+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    return pages;
  }

  it('of rooms, bookings or tasks is paged by its Link headers, with each row once', async () => {
    for (let i = 0; i < 5; i++) await book(traced, { room_id: 5 + i, start: '2091-03-01', end: '2091-03-02' });
    const rooms = await walk('DISPO_PORT', '/api/v1/rooms?limit=3');
    expect(rooms.slice(0, 3).map(({ length }) => length)).toEqual([3, 3, 3]);
    expect(new Set(rooms.flat().map(({ id }) => id)).size).toBe(rooms.flat().length);
    const bookings = (await walk<Booking>('DISPO_PORT', '/api/v1/bookings?limit=2')).flat();
    const ids = bookings.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
    await expect
      .poll(async () =>
        (await walk('CLEANING_PORT', '/api/v1/tasks/?day=2091-03-02&limit=2')).map((page) => page.length),
      )
      .toEqual([2, 2, 1]);
  });

  it('continues after a row has been deleted', async () => {
    const made = [];
    for (const number of ['201', '202', '203']) {
      made.push((await ask<{ id: number }>(traced, 'POST', '/api/v1/rooms', { number, name: number })).body.id);
    }
    const [first = 0, second = 0, third = 0] = made;
    expect((await ask(traced, 'DELETE', `/api/v1/rooms/${second}`)).status).toBe(204);
    const after = async (id: number) =>
      (await ask<Array<{ id: number }>>(traced, 'GET', `/api/v1/rooms?after=${id}`)).body.map((room) => room.id);
    expect(await after(second)).toEqual([third]);
    expect(await after(first)).toEqual([third]);
    expect(await after(987_654)).toEqual([]);
  });
});

describe('every route', () => {
  it.each<[Service, string, string]>([
    ['DISPO_PORT', 'GET', '/health/'],
    ['DISPO_PORT', 'GET', '/openapi.json/'],
    ['DISPO_PORT', 'GET', '/docs/'],
    ['DISPO_PORT', 'GET', '/api/v1/rooms/'],
    ['DISPO_PORT', 'GET', '/api/v1/rooms/free/?start=2091-02-04&end=2091-02-06'],
    ['DISPO_PORT', 'GET', '/api/v1/rooms/1/'],
    ['DISPO_PORT', 'GET', '/api/v1/bookings/'],
    ['CLEANING_PORT', 'GET', '/health/'],
    ['CLEANING_PORT', 'GET', '/docs/'],
    ['CLEANING_PORT', 'GET', '/api/v1/days/'],
    ['CLEANING_PORT', 'HEAD', '/api/v1/tasks/'],
  ])('of %s takes a trailing slash: %s %s', async (service, method, path) => {
    expect((await send(service, { method, path })).status).toBe(200);
  });

  it.each<[Service, string, string]>([
    ['DISPO_PORT', 'GET', '/api/v1/rooms?number=101'],
    ['DISPO_PORT', 'GET', '/api/v1/rooms/1?verbose'],
    ['DISPO_PORT', 'GET', '/api/v1/rooms/free?start=2091-02-04&end=2091-02-06&floor=1'],
    ['DISPO_PORT', 'GET', '/api/v1/bookings?status=booked'],
    ['DISPO_PORT', 'GET', '/api/v1/bookings/1?x=1'],
    ['DISPO_PORT', 'DELETE', '/api/v1/bookings/1?force=1'],
    ['DISPO_PORT', 'POST', '/api/v1/bookings/1/check-in?force=1'],
    ['CLEANING_PORT', 'GET', '/api/v1/days?room=101'],
    ['CLEANING_PORT', 'GET', '/api/v1/tasks?room=101'],
    ['CLEANING_PORT', 'POST', '/api/v1/tasks/1/done?force=1'],
  ])('of %s refuses a query that it does not know: %s %s', async (service, method, path) => {
    const { status, body, headers } = await send(service, { method, path });
    expect(status).toBe(422);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(body).trace_id).toBe(String(headers.traceresponse).split('-')[1]);
  });

  it.each([
    ['POST', '/api/v1/rooms', { number: '301', name: 'x', floor: 3 }],
    ['PATCH', '/api/v1/rooms/1', { floor: 3 }],
    ['POST', '/api/v1/bookings', { ...stay, guest: 'x' }],
    ['PATCH', '/api/v1/bookings/1', { status: 'cancelled' }],
    ['POST', '/api/v1/bookings/1/check-in', { force: true }],
    ['POST', '/api/v1/bookings/1/check-out', { force: true }],
  ])('refuses a field that it does not know: %s %s', async (method, path, body) => {
    expect((await ask(traced, method, path, body)).status).toBe(422);
  });
});

describe('an invalid request', () => {
  it('that is too large, announced or not, is rejected before it is read', async () => {
    const path = '/api/v1/bookings';
    const large = ['{"x":"', ...Array<string>(8).fill('x'.repeat(10_000)), '"}'];
    const announced = { ...json, 'content-length': String(large.join('').length) };
    expect((await send('DISPO_PORT', { method: 'POST', path, headers: announced, chunks: large })).status).toBe(413);
    expect((await send('DISPO_PORT', { method: 'POST', path, headers: json, chunks: large })).status).toBe(413);
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['', 415],
    ['application/json; charset=utf-8', 400],
  ])('in its media type "%s" is answered by %i', async (type, status) => {
    const headers: Record<string, string> = type ? { 'content-type': type } : {};
    const answer = await send('DISPO_PORT', { method: 'POST', path: '/api/v1/bookings', headers, chunks: ['{'] });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it.each([
    ['TRACE', '/api/v1/rooms', 405],
    ['PROPFIND', '/api/v1/rooms', 405],
    ['DELETE', '/api/v1/rooms', 405],
    ['PATCH', '/api/v1/rooms/free', 405],
    ['GET', '/api/v1/rooms/%E0%A4%A', 404],
    ['GET', '/api//v1/rooms', 404],
    ['GET', '/api/v1/../../etc/passwd', 404],
    ['OPTIONS', '/nothing', 404],
  ])('%s %s is answered by %i', async (method, path, status) => {
    const answer = await send('DISPO_PORT', { method, path });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json');
  });

  it('does not affect the service', async () => {
    expect((await ask(traced, 'GET', '/health')).status).toBe(200);
  });
});

describe('OPTIONS', () => {
  it.each<[Service, string, string]>([
    ['DISPO_PORT', '/api/v1/rooms', 'GET, HEAD, POST, OPTIONS'],
    ['DISPO_PORT', '/api/v1/rooms/free', 'GET, HEAD, OPTIONS'],
    ['DISPO_PORT', '/api/v1/bookings/1/', 'GET, HEAD, PATCH, DELETE, OPTIONS'],
    ['DISPO_PORT', '/api/v1/bookings/1/check-in', 'POST, OPTIONS'],
    ['CLEANING_PORT', '/api/v1/tasks/1/done', 'POST, OPTIONS'],
  ])('of %s lists the methods of %s', async (service, path, allow) => {
    const answer = await send(service, { method: 'OPTIONS', path });
    expect([answer.status, answer.headers.allow]).toEqual([204, allow]);
  });
});

describe('a description of an API', () => {
  it.each<[Service, string[]]>([
    ['DISPO_PORT', ['/api/v1/rooms', '/api/v1/bookings', '/api/v1/bookings/{id}/check-in']],
    ['CLEANING_PORT', ['/api/v1/days', '/api/v1/tasks', '/api/v1/tasks/{id}/done']],
  ])('of %s is there, and is not traced', async (service, paths) => {
    const document = await httpJson<{ openapi: string; paths: object }>(`${traced.url(service)}/openapi.json`);
    expect(document.body.openapi).toBe('3.1.0');
    expect(Object.keys(document.body.paths)).toEqual(expect.arrayContaining(paths));
    expect(Object.keys(document.body.paths).filter((path) => path.startsWith('/internal'))).toEqual([]);
    const page = await httpJson<string>(`${traced.url(service)}/docs`);
    expect(page.headers.get('content-type')).toContain('text/html');
    const [, traces] = /<body data-traces="([^"]*)">/.exec(page.body) ?? [];
    expect(traces).toBe(`http://localhost:${traced.ports.VIEWER_PORT}`);
    expect([document.traceId, page.traceId]).toEqual([undefined, undefined]);
  });
});
