import type { CleaningResult } from '@hotel/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestApps, type TestApps } from '../test/apps.ts';
import { DomainError } from './errors.ts';

let apps: TestApps;
beforeEach(async () => {
  apps = await openTestApps();
});
afterEach(() => apps[Symbol.asyncDispose]());

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const published = () => apps.published.map(({ type }) => type);

const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('bookings', () => {
  it("are created with the README's curl command, including the trailing slash", async () => {
    const { status, headers, body } = await ask('POST', `${bookings}/`, stay);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/api/v1/bookings/1');
    expect(body).toEqual({ id: 1, ...stay, status: 'booked', cleaning: 'pending', revision: 1 });
    expect(published()).toEqual(['booking.created']);
    expect(apps.said).toEqual(['info: booking made']);
  });

  it('include their room', async () => {
    await ask('POST', bookings, stay);
    expect((await ask('GET', `${bookings}/1/`)).body).toMatchObject({
      id: 1,
      room: { id: 1, number: '101', name: 'Room 101' },
    });
  });

  it.each([
    ['to the trace UI', 'http://jaeger/hotel', '<http://jaeger/hotel/trace/'],
    ['nowhere without a trace UI', undefined, undefined],
  ])('link %s once their cleaning is planned', async (_, tracesUrl, start) => {
    await using linking = await openTestApps(tracesUrl === undefined ? {} : { tracesUrl });
    await linking.ask('POST', bookings, stay);
    const [event] = linking.published;
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const confirmation = { event_id: event?.id ?? '', revision: 1, result: 'planned' } as const;
    await linking.hotel.bookings.confirmCleaning(1, confirmation, `00-${traceId}-b7ad6b7169203331-01`);
    const { headers, body } = await linking.ask('GET', `${bookings}/1`);
    expect(body).toMatchObject({ cleaning: 'planned' });
    expect(headers.get('link')).toBe(start === undefined ? null : `${start}${traceId}>; rel="trace"`);
  });

  it('may be in the past', async () => {
    expect((await ask('POST', bookings, { room_id: 1, start: '1999-12-31', end: '2000-01-01' })).status).toBe(201);
  });

  it('are changed and cancelled, with an event for each change', async () => {
    await ask('POST', bookings, stay);
    expect((await ask('PATCH', `${bookings}/1`, { end: '2027-02-09' })).body).toMatchObject({
      end: '2027-02-09',
      revision: 2,
    });
    const cancelled = await ask('DELETE', `${bookings}/1`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', revision: 3 } });
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ status: 'cancelled' });
    expect(published()).toEqual(['booking.created', 'booking.changed', 'booking.cancelled']);
    expect(apps.said).toEqual(['info: booking made', 'info: booking changed', 'info: booking cancelled']);
  });

  it('are listed page by page, including cancelled ones', async () => {
    for (const room_id of [1, 2, 3]) await ask('POST', bookings, { ...stay, room_id });
    await ask('DELETE', `${bookings}/2`);
    const { body, headers } = await ask('GET', `${bookings}?limit=2`);
    expect(body).toMatchObject([{ status: 'booked' }, { status: 'cancelled' }]);
    expect(headers.get('link')).toBe('</api/v1/bookings?limit=2&after=2>; rel="next"');
    const next = await ask('GET', `${bookings}?limit=2&after=2`);
    expect(next.body).toHaveLength(1);
    expect(next.headers.get('link')).toBeNull();
  });

  it('for the same nights from 50 concurrent guests: one succeeds, 49 conflict, one event is written', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('POST', bookings, stay)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(apps.published).toHaveLength(1);
  });
});

describe('a PATCH', () => {
  const change = (path: string, body?: unknown) => ask('PATCH', path, body);

  it.each([
    ['without fields', {}],
    ['with unchanged values', stay],
    ['with some unchanged values', { end: stay.end }],
  ])('%s returns the booking unchanged, and writes no revision and no event', async (_, body) => {
    const made = await ask('POST', bookings, stay);
    expect(await change(`${bookings}/1`, body)).toMatchObject({ status: 200, body: made.body as object });
    expect(apps.published).toHaveLength(1);
    expect(apps.hotel.outboxRows()).toHaveLength(1);
    expect(apps.said.at(-1)).toBe('info: booking not changed: it was like this already');
  });

  it('without fields is rejected if the booking cannot be changed', async () => {
    await ask('POST', bookings, stay);
    await ask('DELETE', `${bookings}/1`);
    expect((await change(`${bookings}/1`, {})).status).toBe(409);
    expect((await change(`${bookings}/2`, {})).status).toBe(404);
  });

  it("with a room's current values changes nothing", async () => {
    expect(await change(`${rooms}/1`, {})).toMatchObject({ status: 200, body: { number: '101' } });
    expect(await change(`${rooms}/1`, { number: '101', name: 'Room 101' })).toMatchObject({ status: 200 });
  });

  it.each([`${bookings}/1`, `${rooms}/1`])('of %s without a body is rejected', async (path) => {
    await ask('POST', bookings, stay);
    expect(await change(path)).toMatchObject({ status: 422, body: { type: 'urn:hotel:problem:invalid_input' } });
    const headers = { 'content-type': 'application/json', 'content-length': '0' };
    expect((await ask('PATCH', path, undefined, headers)).status).toBe(400);
    expect(apps.published).toHaveLength(1);
  });
});

describe('an ETag', () => {
  const tagOf = async (path: string) => (await ask('GET', path)).headers.get('etag') ?? '';
  const confirmPlanned = () => {
    const [event] = apps.published;
    const result = { event_id: event?.id, revision: 1, result: 'planned' };
    return apps.askInternal('PUT', '/internal/v1/bookings/1/cleaning', result);
  };

  it('of a booking is the same in every response', async () => {
    const made = await ask('POST', bookings, stay);
    expect(made.headers.get('etag')).toBe(await tagOf(`${bookings}/1`));
    const changed = await ask('PATCH', `${bookings}/1`, { end: '2027-02-07' });
    expect(changed.headers.get('etag')).toBe(await tagOf(`${bookings}/1`));
    expect(changed.headers.get('etag')).not.toBe(made.headers.get('etag'));
  });

  it('lets the first of two clients change a booking, and rejects the second with 412', async () => {
    await ask('POST', bookings, stay);
    const seen = { 'if-match': await tagOf(`${bookings}/1`) };
    expect((await ask('PATCH', `${bookings}/1`, { end: '2027-02-07' }, seen)).status).toBe(200);
    const second = await ask('PATCH', `${bookings}/1`, { start: '2027-02-05' }, seen);
    expect(second).toMatchObject({
      status: 412,
      body: { type: 'urn:hotel:problem:changed_since', detail: 'booking 1 has been changed since: its revision is 2' },
    });
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({
      start: stay.start,
      end: '2027-02-07',
      revision: 2,
    });
    expect(apps.published).toHaveLength(2);
  });

  it.each([
    ['DELETE', ''],
    ['POST', '/check-in'],
    ['POST', '/check-out'],
  ])('guards %s of a booking%s', async (method, action) => {
    await ask('POST', bookings, stay);
    if (action === '/check-out') await ask('POST', `${bookings}/1/check-in`);
    const path = `${bookings}/1${action}`;
    expect((await ask(method, path, undefined, { 'if-match': '"7.x"' })).status).toBe(412);
    expect((await ask(method, path, undefined, { 'if-match': `W/${await tagOf(`${bookings}/1`)}` })).status).toBe(412);
    const done = await ask(method, path, undefined, { 'if-match': await tagOf(`${bookings}/1`) });
    expect([done.status, done.headers.get('etag')]).toEqual([200, await tagOf(`${bookings}/1`)]);
  });

  it('of a booking still matches after it was planned or its room was renamed', async () => {
    await ask('POST', bookings, stay);
    const seen = await tagOf(`${bookings}/1`);
    expect((await confirmPlanned()).status).toBe(204);
    await ask('PATCH', `${rooms}/1`, { name: 'Rose' });
    expect((await ask('PATCH', `${bookings}/1`, { end: '2027-02-07' }, { 'if-match': seen })).status).toBe(200);
  });

  it('yields 304 until the booking or its room changes', async () => {
    await ask('POST', bookings, stay);
    const read = async (tag: string) => (await ask('GET', `${bookings}/1`, undefined, { 'if-none-match': tag })).status;
    const pending = await tagOf(`${bookings}/1`);
    expect(await read(pending)).toBe(304);
    await confirmPlanned();
    expect(await read(pending)).toBe(200);
    const planned = await tagOf(`${bookings}/1`);
    expect(await read(planned)).toBe(304);
    await ask('PATCH', `${rooms}/1`, { name: 'Rose' });
    expect(await read(planned)).toBe(200);
  });

  it('of a room guards change and deletion', async () => {
    const seen = await tagOf(`${rooms}/1`);
    const changed = await ask('PATCH', `${rooms}/1`, { name: 'Rose' }, { 'if-match': seen });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, await tagOf(`${rooms}/1`)]);
    expect(await ask('PATCH', `${rooms}/1`, { name: 'Lily' }, { 'if-match': seen })).toMatchObject({ status: 412 });
    expect(await ask('DELETE', `${rooms}/1`, undefined, { 'if-match': seen })).toMatchObject({ status: 412 });
    expect((await ask('GET', `${rooms}/1`)).body).toMatchObject({ name: 'Rose' });
    expect((await ask('GET', `${rooms}/1`, undefined, { 'if-none-match': await tagOf(`${rooms}/1`) })).status).toBe(
      304,
    );
    expect((await ask('DELETE', `${rooms}/1`, undefined, { 'if-match': '*' })).status).toBe(204);
  });

  it('yields 404 for a missing booking or room, as without it', async () => {
    expect((await ask('PATCH', `${bookings}/9`, { end: '2027-02-07' }, { 'if-match': '*' })).status).toBe(404);
    expect((await ask('DELETE', `${rooms}/99`, undefined, { 'if-match': '"x"' })).status).toBe(404);
  });
});

describe('a name', () => {
  it.each(['\ud800', 'J\ufffdrgen', 'a\u0000b', 'a\nb'])(
    'is rejected if it could not be returned as sent: %j',
    async (name) => {
      expect(await ask('POST', rooms, { number: '900', name })).toMatchObject({ status: 422 });
      expect(await ask('PATCH', `${rooms}/1`, { name })).toMatchObject({ status: 422 });
    },
  );
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'one of a kind' };

  it('creates one booking for two requests: 201, then 200 with the same body', async () => {
    const first = await ask('POST', bookings, stay, key);
    const second = await ask('POST', bookings, stay, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('location')).toBe('/api/v1/bookings/1');
    expect(apps.published).toHaveLength(1);
    expect(apps.said.at(-1)).toContain('made before');
  });

  it('creates one booking for concurrent requests', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', bookings, stay, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(answers.map(({ body }) => body)).toMatchObject([{ id: 1 }, { id: 1 }, { id: 1 }]);
  });

  it('cannot be reused for a different booking', async () => {
    await ask('POST', bookings, stay, key);
    const answer = await ask('POST', bookings, { ...stay, room_id: 2 }, key);
    expect(answer).toMatchObject({ status: 422, body: { type: 'urn:hotel:problem:idempotency_key_reused' } });
  });
});

describe('rooms', () => {
  it('are created, changed and deleted', async () => {
    const made = await ask('POST', rooms, { number: '201', name: ' Suite ' });
    expect(made).toMatchObject({ status: 201, body: { id: 11, number: '201', name: 'Suite' } });
    expect((await ask('PATCH', `${rooms}/11`, { name: 'Grand' })).body).toEqual({
      id: 11,
      number: '201',
      name: 'Grand',
    });
    expect((await ask('DELETE', `${rooms}/11`)).status).toBe(204);
    expect((await ask('GET', `${rooms}/11`)).status).toBe(404);
  });

  it('are free or not, and `free` is not an id', async () => {
    await ask('POST', bookings, stay);
    const { status, body } = await ask('GET', `${rooms}/free/?start=2027-02-05&end=2027-02-07`);
    expect(status).toBe(200);
    expect(body).not.toContainEqual(expect.objectContaining({ number: '101' }));
    expect(body).toHaveLength(9);
    expect((await ask('GET', `${rooms}/free?start=2027-02-06&end=2027-02-07`)).body).toHaveLength(10);
  });

  it('are listed page by page', async () => {
    const { body, headers } = await ask('GET', `${rooms}?limit=3&after=8`);
    expect(body).toMatchObject([{ id: 9 }, { id: 10 }]);
    expect(headers.get('link')).toBeNull();
  });
});

describe('guests', () => {
  const checkIn = () => ask('POST', `${bookings}/1/check-in`);
  beforeEach(() => ask('POST', bookings, stay));

  it('check in and out', async () => {
    expect(await checkIn()).toMatchObject({ status: 200, body: { status: 'checked_in', revision: 2 } });
    const left = await ask('POST', `${bookings}/1/check-out`);
    expect(left).toMatchObject({ status: 200, body: { status: 'checked_out', end: '2027-02-05', revision: 3 } });
    expect(published()).toEqual(['booking.created', 'booking.checked_in', 'booking.checked_out']);
  });

  it('cannot check in to a dirty room', async () => {
    apps.askCleaning = async () => 'dirty';
    expect(await checkIn()).toMatchObject({ status: 409, body: { type: 'urn:hotel:problem:room_not_clean' } });
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ status: 'booked', revision: 1 });
  });

  it('cannot check in while cleaning is unavailable, and nothing changes', async () => {
    apps.askCleaning = async () => {
      throw new DomainError('cleaning_unavailable', 'cleaning does not say');
    };
    const { status, headers, body } = await checkIn();
    expect([status, body]).toMatchObject([503, { type: 'urn:hotel:problem:cleaning_unavailable' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(published()).toEqual(['booking.created']);
  });
});

describe('the callback from cleaning', () => {
  const path = '/internal/v1/bookings/1/cleaning';
  const confirm = (result: object, to = path) => apps.askInternal('PUT', to, result);
  let planned: CleaningResult;
  beforeEach(async () => {
    await ask('POST', bookings, stay);
    planned = { event_id: apps.published[0]?.id ?? '', revision: 1, result: 'planned' };
  });

  it('responds 204 even when repeated, and marks the booking planned', async () => {
    expect((await confirm(planned)).status).toBe(204);
    expect((await confirm(planned)).status).toBe(204);
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ cleaning: 'planned' });
    expect(apps.hotel.outboxRows()).toEqual([]);
  });

  it.each<CleaningResult['result']>(['planned', 'failed', 'dropped', 'outdated'])(
    'responds 409 for an event of another booking and changes neither: %s',
    async (result) => {
      await ask('POST', bookings, { ...stay, room_id: 2 });
      const before = apps.hotel.outboxRows();
      const { status, body } = await confirm({ ...planned, result }, '/internal/v1/bookings/2/cleaning');
      expect([status, body]).toMatchObject([409, { type: 'urn:hotel:problem:event_of_other_booking' }]);
      expect(apps.hotel.outboxRows()).toEqual(before);
      for (const id of [1, 2])
        expect((await ask('GET', `${bookings}/${id}`)).body).toMatchObject({ cleaning: 'pending' });
    },
  );

  it('confirms the revision of its event, whatever revision it names', async () => {
    await ask('PATCH', `${bookings}/1`, { end: '2027-02-09' });
    expect((await confirm({ ...planned, revision: 2 })).status).toBe(204);
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ revision: 2, cleaning: 'pending' });
    expect(apps.hotel.outboxRows()).toHaveLength(1);
  });

  it('responds 404 for a booking that does not exist', async () => {
    expect((await confirm(planned, '/internal/v1/bookings/99/cleaning')).status).toBe(404);
  });

  it('responds 422 when it is invalid', async () => {
    expect((await confirm({ ...planned, event_id: '42' })).status).toBe(422);
    expect((await confirm({ ...planned, result: 'perhaps' })).status).toBe(422);
    expect((await confirm({ ...planned, guest: 'miller' })).status).toBe(422);
    expect(apps.hotel.outboxRows()).toHaveLength(1);
  });

  it('is not on the public listener, nor are the probes', async () => {
    expect((await ask('PUT', path, planned)).status).toBe(404);
    for (const probe of ['/livez', '/readyz', '/metrics']) expect((await ask('GET', probe)).status).toBe(404);
    expect(apps.hotel.outboxRows()).toHaveLength(1);
  });
});

describe('the internal listener', () => {
  it('serves the probes but not the API', async () => {
    const get = (path: string) => apps.askInternal('GET', path);
    expect((await get('/livez')).status).toBe(200);
    expect((await get('/readyz')).body).toMatchObject({ status: 'ok', checks: { database: { ok: true } } });
    for (const path of [bookings, rooms, '/health', '/docs', '/openapi.json'])
      expect((await get(path)).status).toBe(404);
  });
});

it.each([
  ['locked for too long', 'database_busy', '1'],
  ['on a full disk', 'database_full', '10'],
])('responds 503 with Retry-After when the database is %s', async (_, code, retryAfter) => {
  apps.hotel.sqlite.write = () => Promise.reject(Object.assign(new Error('not now'), { code }));
  const { status, headers } = await ask('POST', bookings, stay);
  expect([status, headers.get('retry-after')]).toEqual([503, retryAfter]);
});
