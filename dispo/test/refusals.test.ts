import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openTestApps, type TestApps } from './apps.ts';

let apps: TestApps;
beforeAll(async () => {
  apps = await openTestApps();
  await ask('POST', bookings, stay);
  await ask('POST', bookings, { ...stay, room_id: 2 });
  await ask('DELETE', `${bookings}/2`);
});
afterAll(() => apps[Symbol.asyncDispose]());
beforeEach(() => {
  apps.published = [];
});

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('a request that cannot be fulfilled', () => {
  it.each<[string, string, unknown, number, string]>([
    ['POST', bookings, { ...stay, room_id: 99 }, 404, 'room_not_found'],
    ['POST', bookings, stay, 409, 'room_taken'],
    ['GET', `${bookings}/99`, undefined, 404, 'booking_not_found'],
    ['PATCH', `${bookings}/99`, { end: '2027-02-09' }, 404, 'booking_not_found'],
    ['PATCH', `${bookings}/1`, { room_id: 99 }, 404, 'room_not_found'],
    ['PATCH', `${bookings}/2`, { end: '2027-02-09' }, 409, 'booking_closed'],
    ['PATCH', `${bookings}/1`, { start: '2027-02-10' }, 422, 'stay_not_valid'],
    ['PATCH', `${bookings}/1`, { end: '2029-01-01' }, 422, 'stay_not_valid'],
    ['DELETE', `${bookings}/99`, undefined, 404, 'booking_not_found'],
    ['DELETE', `${bookings}/2`, undefined, 409, 'booking_closed'],
    ['POST', `${bookings}/99/check-in`, undefined, 404, 'booking_not_found'],
    ['POST', `${bookings}/2/check-in`, undefined, 409, 'booking_closed'],
    ['POST', `${bookings}/1/check-out`, undefined, 409, 'guest_not_here'],
    ['GET', `${rooms}/99`, undefined, 404, 'room_not_found'],
    ['POST', rooms, { number: '101', name: 'x' }, 409, 'room_number_taken'],
    ['PATCH', `${rooms}/99`, { name: 'x' }, 404, 'room_not_found'],
    ['PATCH', `${rooms}/3`, { number: '101' }, 409, 'room_number_taken'],
    ['PATCH', `${rooms}/1`, { number: '999' }, 409, 'room_number_fixed'],
    ['DELETE', `${rooms}/1`, undefined, 409, 'room_has_bookings'],
    ['DELETE', `${rooms}/99`, undefined, 404, 'room_not_found'],
  ])('%s %s %j is %i %s', async (method, path, body, status, code) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({
      status,
      body: { status, type: `urn:hotel:problem:${code}`, detail: expect.stringMatching(/\w/) },
    });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(apps.published).toEqual([]);
  });
});

describe('an invalid request', () => {
  it.each<[string, string, unknown, string[]]>([
    ['POST', bookings, {}, ['room_id', 'start', 'end']],
    ['POST', bookings, { ...stay, room_id: '1' }, ['room_id']],
    ['POST', bookings, { ...stay, room_id: 0 }, ['room_id']],
    ['POST', bookings, { ...stay, room_id: 1.5 }, ['room_id']],
    ['POST', bookings, { ...stay, start: '2027-02-30', end: '2027-03-03' }, ['start']],
    ['POST', bookings, { ...stay, start: '04.02.2027' }, ['start']],
    ['POST', bookings, { ...stay, start: '2027-02-04T10:00:00Z' }, ['start']],
    ['POST', bookings, { ...stay, end: null }, ['end']],
    ['POST', bookings, { ...stay, end: stay.start }, ['end']],
    ['POST', bookings, { ...stay, end: '2027-01-01' }, ['end']],
    ['POST', bookings, { ...stay, end: '2028-02-07' }, ['end']],
    ['POST', bookings, { ...stay, guest: 'miller' }, ['']],
    ['POST', bookings, [], ['']],
    ['PATCH', `${bookings}/1`, { status: 'cancelled' }, ['']],
    ['PATCH', `${bookings}/1`, { start: '2027-02-06', end: '2027-02-05' }, ['end']],
    ['POST', rooms, { number: '', name: 'x' }, ['number']],
    ['POST', rooms, { number: '1 01', name: 'x' }, ['number']],
    ['POST', rooms, { number: '201', name: '  ' }, ['name']],
    ['POST', rooms, { number: '201', name: 'x'.repeat(101) }, ['name']],
    ['PATCH', `${rooms}/1`, { id: 2 }, ['']],
    ['GET', `${rooms}/free`, undefined, ['start', 'end']],
    ['GET', `${rooms}/free?start=2027-02-06&end=2027-02-06`, undefined, ['end']],
    ['GET', `${rooms}/free?start=2027-02-06&end=2027-02-07&sort=name`, undefined, ['']],
    ['GET', `${rooms}?limit=0`, undefined, ['limit']],
    ['GET', `${rooms}?limit=201`, undefined, ['limit']],
    ['GET', `${bookings}?after=x`, undefined, ['after']],
    ['GET', `${bookings}?page=2`, undefined, ['']],
  ])('%s %s %j yields 422 and names the fields: %j', async (method, path, body, paths) => {
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({
      status: 422,
      body: { type: 'urn:hotel:problem:invalid_input', errors: paths.map((path) => ({ path })) },
    });
    expect(apps.published).toEqual([]);
  });

  it.each(['0', '-1', '1.5', 'one', '99999999999999999999', '1%00'])('with the id %s finds nothing', async (id) => {
    expect((await ask('GET', `${bookings}/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `${rooms}/${id}`)).status).toBe(404);
  });

  it('yields 400 for a body that is not JSON, and 415 for another media type', async () => {
    expect((await ask('POST', bookings, '{"room_id": 1')).status).toBe(400);
    expect(
      (await ask('POST', bookings, 'room_id=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415);
  });

  it('yields 422 for a key that is empty or too long', async () => {
    expect((await ask('POST', bookings, stay, { 'idempotency-key': '' })).status).toBe(422);
    expect((await ask('POST', bookings, stay, { 'idempotency-key': 'x'.repeat(256) })).status).toBe(422);
  });
});
