import { describe, expect, it } from 'vitest';
import { openTestApps, type TestApps, useTestApps } from '../../test/apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const published = () => apps.published.map(({ type }) => type);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe('POST, GET and DELETE of bookings', () => {
  it("creates a booking with the README's curl command, including the trailing slash", async () => {
    const { status, headers, body } = await ask('POST', `${bookings}/`, stay);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe('/api/v1/bookings/1');
    expect(body).toEqual({ id: 1, ...stay, status: 'booked', cleaning: 'pending', revision: 1 });
    expect(published()).toEqual(['booking.created']);
    expect(apps.logLines).toEqual(['info: booking made']);
  });

  it('returns a booking with its room', async () => {
    await ask('POST', bookings, stay);
    expect((await ask('GET', `${bookings}/1/`)).body).toMatchObject({
      id: 1,
      room: { id: 1, number: '101', name: 'Room 101' },
    });
  });

  it.each([
    ['to the trace UI', 'http://jaeger/hotel', '<http://jaeger/hotel/trace/'],
    ['nowhere without a trace UI', undefined, undefined],
  ])('links a planned booking %s', async (_, tracesUrl, start) => {
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

  it('accepts a booking in the past', async () => {
    expect((await ask('POST', bookings, { room_id: 1, start: '1999-12-31', end: '2000-01-01' })).status).toBe(201);
  });

  it('changes and cancels a booking, with an event for each', async () => {
    await ask('POST', bookings, stay);
    expect((await ask('PATCH', `${bookings}/1`, { end: '2027-02-09' })).body).toMatchObject({
      end: '2027-02-09',
      revision: 2,
    });
    const cancelled = await ask('DELETE', `${bookings}/1`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', revision: 3 } });
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ status: 'cancelled' });
    expect(published()).toEqual(['booking.created', 'booking.changed', 'booking.cancelled']);
    expect(apps.logLines).toEqual(['info: booking made', 'info: booking changed', 'info: booking cancelled']);
  });

  it('lists bookings page by page, including cancelled ones', async () => {
    for (const room_id of [1, 2, 3]) await ask('POST', bookings, { ...stay, room_id });
    await ask('DELETE', `${bookings}/2`);
    const { body, headers } = await ask('GET', `${bookings}?limit=2`);
    expect(body).toMatchObject([{ status: 'booked' }, { status: 'cancelled' }]);
    expect(headers.get('link')).toBe('</api/v1/bookings?limit=2&after=2>; rel="next"');
    const next = await ask('GET', `${bookings}?limit=2&after=2`);
    expect(next.body).toHaveLength(1);
    expect(next.headers.get('link')).toBeNull();
  });

  it('accepts one of 50 concurrent bookings of the same nights, writes one event, and rejects 49 with 409', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('POST', bookings, stay)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 49 }, () => 409)]);
    expect(apps.published).toHaveLength(1);
  });
});

describe('PATCH', () => {
  const change = (path: string, body?: unknown) => ask('PATCH', path, body);

  it.each([
    ['without fields', {}],
    ['with unchanged values', stay],
    ['with some unchanged values', { end: stay.end }],
  ])('a PATCH %s returns the booking unchanged, and writes no revision and no event', async (_, body) => {
    const made = await ask('POST', bookings, stay);
    expect(await change(`${bookings}/1`, body)).toMatchObject({ status: 200, body: made.body as object });
    expect(apps.published).toHaveLength(1);
    expect(await apps.hotel.outboxRows()).toHaveLength(1);
    expect(apps.logLines.at(-1)).toBe('info: booking unchanged: it already has these values');
  });

  it('a PATCH without fields is rejected if the booking cannot be changed', async () => {
    await ask('POST', bookings, stay);
    await ask('DELETE', `${bookings}/1`);
    expect((await change(`${bookings}/1`, {})).status).toBe(409);
    expect((await change(`${bookings}/2`, {})).status).toBe(404);
  });

  it("a PATCH with a room's current values changes nothing", async () => {
    expect(await change(`${rooms}/1`, {})).toMatchObject({ status: 200, body: { number: '101' } });
    expect(await change(`${rooms}/1`, { number: '101', name: 'Room 101' })).toMatchObject({ status: 200 });
  });

  it.each([`${bookings}/1`, `${rooms}/1`])('a PATCH of %s without a body is rejected', async (path) => {
    await ask('POST', bookings, stay);
    expect(await change(path)).toMatchObject({ status: 422, body: { type: 'urn:hotel:problem:invalid_input' } });
    const headers = { 'content-type': 'application/json', 'content-length': '0' };
    expect((await ask('PATCH', path, undefined, headers)).status).toBe(400);
    expect(apps.published).toHaveLength(1);
  });
});
