import { describe, expect, it } from 'vitest';
import { useTestApps } from './apps.ts';
import { dialects } from './databases.ts';

const LARGE = 3_000_000_000;
const LARGEST = 999_999_999_999_999;
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';
const rooms = '/api/v1/rooms';

describe.each(dialects)('on %s, an id that needs more than 32 bits', (dialect) => {
  const apps = useTestApps({ dialect });

  it.each([LARGE, LARGEST])('is not found when nothing has it: %i', async (id) => {
    await apps.ask('POST', bookings, stay);
    const answers = await Promise.all([
      apps.ask('GET', `${bookings}/${id}`),
      apps.ask('PATCH', `${bookings}/${id}`, { end: '2027-02-07' }),
      apps.ask('DELETE', `${bookings}/${id}`),
      ...['check-in', 'check-out', 'replan'].map((action) => apps.ask('POST', `${bookings}/${id}/${action}`)),
      apps.ask('POST', bookings, { ...stay, room_id: id }),
      apps.ask('PATCH', `${bookings}/1`, { room_id: id }),
      apps.ask('GET', `${rooms}/${id}`),
      apps.ask('PATCH', `${rooms}/${id}`, { name: 'Suite' }),
      apps.ask('DELETE', `${rooms}/${id}`),
    ]);
    const problem = expect.stringMatching(/^urn:hotel:problem:(booking|room)_not_found$/);
    expect(answers.map(({ body }) => body)).toEqual(Array(11).fill(expect.objectContaining({ type: problem })));
  });

  it.each([LARGE, LARGEST])('continues a list after its end: %i', async (after) => {
    await apps.ask('POST', bookings, stay);
    for (const list of [`${bookings}?`, `${rooms}?`, `${rooms}/free?start=2027-02-04&end=2027-02-06&`]) {
      expect(await apps.ask('GET', `${list}after=${after}`)).toMatchObject({ status: 200, body: [] });
    }
  });

  it('is rejected in a cleaning result like a small one that does not match, and so is a large revision', async () => {
    await apps.ask('POST', bookings, stay);
    const confirm = (id: number, revision: number) =>
      apps.askInternal('PUT', `/internal/v1/bookings/${id}/cleaning`, {
        event_id: apps.published[0]?.id,
        revision,
        result: 'planned',
      });
    const [other, later] = [await confirm(2, 1), await confirm(1, 2)];
    expect([(await confirm(LARGE, 1)).status, (await confirm(LARGEST, 1)).status]).toEqual([
      other.status,
      other.status,
    ]);
    expect((await confirm(1, LARGEST)).status).toBe(later.status);
  });

  it('is as good as a small one', async () => {
    await apps.hotel.execute(`INSERT INTO rooms (id, number, name) VALUES (${LARGEST}, '201', 'Suite')`);
    await apps.hotel.execute(`INSERT INTO bookings (id, room_id, start, "end", status, cleaning, revision)
      VALUES (${LARGE}, ${LARGEST}, '2027-02-04', '2027-02-06', 'booked', 'pending', 1)`);
    expect((await apps.ask('GET', `${rooms}/${LARGEST}`)).body).toEqual({ id: LARGEST, number: '201', name: 'Suite' });
    expect(await apps.ask('POST', bookings, { ...stay, room_id: LARGEST })).toMatchObject({ status: 409 });
    expect(await apps.ask('PATCH', `${bookings}/${LARGE}`, { end: '2027-02-08' })).toMatchObject({
      status: 200,
      body: { id: LARGE, room_id: LARGEST, revision: 2 },
    });
    expect(await apps.ask('POST', `${bookings}/${LARGE}/check-in`)).toMatchObject({ status: 200 });
    expect(apps.published.at(-1)?.data).toMatchObject({ booking_id: LARGE, room_id: LARGEST, revision: 3 });
  });
});
