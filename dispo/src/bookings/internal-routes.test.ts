import type { CleaningResult } from '@hotel/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from '../../test/apps.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';

describe('PUT /internal/v1/bookings/:id/cleaning', () => {
  const path = '/internal/v1/bookings/1/cleaning';
  const confirm = (result: object, to = path) => apps.askInternal('PUT', to, result);
  let planned: CleaningResult;
  beforeEach(async () => {
    await ask('POST', bookings, stay);
    planned = { event_id: apps.published[0]?.id ?? '', revision: 1, result: 'planned' };
  });

  it('responds 204 to a confirmation, even when repeated, and marks the booking planned', async () => {
    expect((await confirm(planned)).status).toBe(204);
    expect((await confirm(planned)).status).toBe(204);
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ cleaning: 'planned' });
    expect(await apps.hotel.outboxRows()).toEqual([]);
  });

  it.each<CleaningResult['result']>(['planned', 'failed', 'dropped', 'outdated'])(
    'responds 409 for an event of another booking and changes neither: %s',
    async (result) => {
      await ask('POST', bookings, { ...stay, room_id: 2 });
      const before = await apps.hotel.outboxRows();
      const { status, body } = await confirm({ ...planned, result }, '/internal/v1/bookings/2/cleaning');
      expect([status, body]).toMatchObject([409, { type: 'urn:hotel:problem:event_of_other_booking' }]);
      expect(await apps.hotel.outboxRows()).toEqual(before);
      for (const id of [1, 2])
        expect((await ask('GET', `${bookings}/${id}`)).body).toMatchObject({ cleaning: 'pending' });
    },
  );

  it('a confirmation confirms the revision of its event, whatever revision it names', async () => {
    await ask('PATCH', `${bookings}/1`, { end: '2027-02-09' });
    expect((await confirm({ ...planned, revision: 2 })).status).toBe(204);
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ revision: 2, cleaning: 'pending' });
    expect(await apps.hotel.outboxRows()).toHaveLength(1);
  });

  it('responds 404 to a confirmation for a booking that does not exist', async () => {
    expect((await confirm(planned, '/internal/v1/bookings/99/cleaning')).status).toBe(404);
  });

  it('responds 422 to an invalid confirmation', async () => {
    expect((await confirm({ ...planned, event_id: '42' })).status).toBe(422);
    expect((await confirm({ ...planned, result: 'perhaps' })).status).toBe(422);
    expect((await confirm({ ...planned, guest: 'miller' })).status).toBe(422);
    expect(await apps.hotel.outboxRows()).toHaveLength(1);
  });

  it('serves neither confirmations nor probes on the public listener', async () => {
    expect((await ask('PUT', path, planned)).status).toBe(404);
    for (const probe of ['/livez', '/readyz', '/metrics']) expect((await ask('GET', probe)).status).toBe(404);
    expect(await apps.hotel.outboxRows()).toHaveLength(1);
  });
});
