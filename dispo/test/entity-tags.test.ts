import { describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from './apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('ETag', () => {
  const tagOf = async (path: string) => (await ask('GET', path)).headers.get('etag') ?? '';
  const confirmPlanned = () => {
    const [event] = apps.published;
    const result = { event_id: event?.id, revision: 1, result: 'planned' };
    return apps.askInternal('PUT', '/internal/v1/bookings/1/cleaning', result);
  };

  it('the ETag of a booking is the same in every response', async () => {
    const made = await ask('POST', bookings, stay);
    expect(made.headers.get('etag')).toBe(await tagOf(`${bookings}/1`));
    const changed = await ask('PATCH', `${bookings}/1`, { end: '2027-02-07' });
    expect(changed.headers.get('etag')).toBe(await tagOf(`${bookings}/1`));
    expect(changed.headers.get('etag')).not.toBe(made.headers.get('etag'));
  });

  it('lets the first of two clients with the same ETag change a booking, and rejects the second with 412', async () => {
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
  ])('rejects %s of a booking%s with an outdated ETag', async (method, action) => {
    await ask('POST', bookings, stay);
    if (action === '/check-out') await ask('POST', `${bookings}/1/check-in`);
    const path = `${bookings}/1${action}`;
    expect((await ask(method, path, undefined, { 'if-match': '"7.x"' })).status).toBe(412);
    expect((await ask(method, path, undefined, { 'if-match': `W/${await tagOf(`${bookings}/1`)}` })).status).toBe(412);
    const done = await ask(method, path, undefined, { 'if-match': await tagOf(`${bookings}/1`) });
    expect([done.status, done.headers.get('etag')]).toEqual([200, await tagOf(`${bookings}/1`)]);
  });

  it('the ETag of a booking still matches after it was planned or its room was renamed', async () => {
    await ask('POST', bookings, stay);
    const seen = await tagOf(`${bookings}/1`);
    expect((await confirmPlanned()).status).toBe(204);
    await ask('PATCH', `${rooms}/1`, { name: 'Rose' });
    expect((await ask('PATCH', `${bookings}/1`, { end: '2027-02-07' }, { 'if-match': seen })).status).toBe(200);
  });

  it('a conditional GET yields 304 until the booking or its room changes', async () => {
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

  it('rejects a change and a deletion of a room with an outdated ETag', async () => {
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

  it('yields 404 for a missing booking or room, with an ETag as without', async () => {
    expect((await ask('PATCH', `${bookings}/9`, { end: '2027-02-07' }, { 'if-match': '*' })).status).toBe(404);
    expect((await ask('DELETE', `${rooms}/99`, undefined, { 'if-match': '"x"' })).status).toBe(404);
  });
});
