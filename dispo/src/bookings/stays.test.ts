import { beforeEach, describe, expect, it } from 'vitest';
import { type TestApps, useTestApps } from '../../test/apps.ts';
import { DomainError } from '../errors.ts';

const apps = useTestApps();

const ask: TestApps['ask'] = (...request) => apps.ask(...request);
const published = () => apps.published.map(({ type }) => type);
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const bookings = '/api/v1/bookings';

describe('check-in and check-out', () => {
  const checkIn = () => ask('POST', `${bookings}/1/check-in`);
  beforeEach(() => ask('POST', bookings, stay));

  it('checks a guest in and out', async () => {
    expect(await checkIn()).toMatchObject({ status: 200, body: { status: 'checked_in', revision: 2 } });
    const left = await ask('POST', `${bookings}/1/check-out`);
    expect(left).toMatchObject({ status: 200, body: { status: 'checked_out', end: '2027-02-05', revision: 3 } });
    expect(published()).toEqual(['booking.created', 'booking.checked_in', 'booking.checked_out']);
  });

  it('rejects a check-in to a dirty room', async () => {
    apps.roomState = async () => 'dirty';
    expect(await checkIn()).toMatchObject({ status: 409, body: { type: 'urn:hotel:problem:room_not_clean' } });
    expect((await ask('GET', `${bookings}/1`)).body).toMatchObject({ status: 'booked', revision: 1 });
  });

  it('rejects a check-in while cleaning is unavailable, and changes nothing', async () => {
    apps.roomState = async () => {
      throw new DomainError('cleaning_unavailable', 'cleaning does not answer');
    };
    const { status, headers, body } = await checkIn();
    expect([status, body]).toMatchObject([503, { type: 'urn:hotel:problem:cleaning_unavailable' }]);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(published()).toEqual(['booking.created']);
  });
});
