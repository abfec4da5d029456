import { describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from '../../test/apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';

describe('Idempotency-Key', () => {
  const key = { 'idempotency-key': 'one of a kind' };

  it('two requests with one key create one booking: 201, then 200 with the same body', async () => {
    const first = await ask('POST', bookings, stay, key);
    const second = await ask('POST', bookings, stay, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(second.headers.get('location')).toBe('/api/v1/bookings/1');
    expect(apps.published).toHaveLength(1);
    expect(apps.logLines.at(-1)).toContain('returned again');
  });

  it('concurrent requests with one key create one booking', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => ask('POST', bookings, stay, key)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    expect(answers.map(({ body }) => body)).toMatchObject([{ id: 1 }, { id: 1 }, { id: 1 }]);
  });

  it('a key cannot be reused for a different booking', async () => {
    await ask('POST', bookings, stay, key);
    const answer = await ask('POST', bookings, { ...stay, room_id: 2 }, key);
    expect(answer).toMatchObject({ status: 422, body: { type: 'urn:hotel:problem:idempotency_key_reused' } });
  });
});
