import { describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from '../../test/apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('rooms', () => {
  it('creates, changes and deletes a room', async () => {
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

  it('lists free rooms, and does not take `free` for an id', async () => {
    await ask('POST', bookings, stay);
    const { status, body } = await ask('GET', `${rooms}/free/?start=2027-02-05&end=2027-02-07`);
    expect(status).toBe(200);
    expect(body).not.toContainEqual(expect.objectContaining({ number: '101' }));
    expect(body).toHaveLength(9);
    expect((await ask('GET', `${rooms}/free?start=2027-02-06&end=2027-02-07`)).body).toHaveLength(10);
  });

  it('lists rooms page by page', async () => {
    const { body, headers } = await ask('GET', `${rooms}?limit=3&after=8`);
    expect(body).toMatchObject([{ id: 9 }, { id: 10 }]);
    expect(headers.get('link')).toBeNull();
  });
});

describe('a name', () => {
  it.each(['\ud800', 'J\ufffdrgen', 'a\u0000b', 'a\nb'])(
    'rejects a name that could not be returned as sent: %j',
    async (name) => {
      expect(await ask('POST', rooms, { number: '900', name })).toMatchObject({ status: 422 });
      expect(await ask('PATCH', `${rooms}/1`, { name })).toMatchObject({ status: 422 });
    },
  );
});
