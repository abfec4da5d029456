import { describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from '../test/apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('the internal listener', () => {
  it('serves the probes but not the API on the internal listener', async () => {
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
  apps.hotel.database.write = () => Promise.reject(Object.assign(new Error('not now'), { code }));
  const { status, headers } = await ask('POST', bookings, stay);
  expect([status, headers.get('retry-after')]).toEqual([503, retryAfter]);
});
