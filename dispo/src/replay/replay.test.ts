import type { CleaningResult } from '@hotel/contracts';
import { describe, expect, it } from 'vitest';
import { useTestApps } from '../../test/apps.ts';

const apps = useTestApps();

const epoch = () => apps.hotel.database.epoch();
const book = (room_id: number) =>
  apps.ask('POST', '/api/v1/bookings', { room_id, start: '2027-02-04', end: '2027-02-06' });
const rows = () => apps.hotel.outboxRows();
const confirmCleaning = (id: number, result: CleaningResult) =>
  apps.askInternal('PUT', `/internal/v1/bookings/${id}/cleaning`, result);
const cleaningOf = async (id: number) =>
  ((await apps.ask('GET', `/api/v1/bookings/${id}`)).body as { cleaning: string }).cleaning;

async function confirmEverything(): Promise<void> {
  for (const { id: event_id, data } of await rows()) {
    await confirmCleaning(data.booking_id, { event_id, revision: data.revision, result: 'planned' });
  }
}

describe('POST /api/v1/bookings/:id/replan', () => {
  it('publishes the current state of a booking whose check-out was dropped, ignoring its other events', async () => {
    await book(1);
    await apps.ask('POST', '/api/v1/bookings/1/check-in');
    await confirmEverything();
    await apps.ask('POST', '/api/v1/bookings/1/check-out');
    const dropped = (await rows())[0]?.id ?? '';
    await confirmCleaning(1, { event_id: dropped, result: 'dropped' });
    expect(await cleaningOf(1)).toBe('failed');

    apps.published.length = 0;
    const { status, body } = await apps.ask('POST', '/api/v1/bookings/1/replan');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { status: 'checked_out', cleaning: 'pending', revision: 3 },
    });
    expect(apps.published).toMatchObject([{ type: 'booking.checked_out', data: { booking_id: 1, revision: 3 } }]);
    await confirmEverything();
    expect(await cleaningOf(1)).toBe('planned');
  });

  it('replaces an event that is a dead letter', async () => {
    await book(1);
    const failed = (await rows())[0]?.id ?? '';
    await confirmCleaning(1, { event_id: failed, revision: 1, result: 'failed' });
    await apps.ask('POST', '/api/v1/bookings/1/replan');
    expect(await rows()).toHaveLength(1);
    expect((await rows())[0]?.id).not.toBe(failed);
  });

  it('publishes nothing while an event of the booking is pending, however often it is called', async () => {
    await book(1);
    for (let i = 0; i < 3; i++) expect((await apps.ask('POST', '/api/v1/bookings/1/replan')).status).toBe(200);
    expect(await rows()).toHaveLength(1);
    await confirmEverything();
    for (let i = 0; i < 3; i++) await apps.ask('POST', '/api/v1/bookings/1/replan');
    expect(await rows()).toHaveLength(1);
  });

  it('publishes the day of a late check-out again', async () => {
    await apps.ask('POST', '/api/v1/bookings', { room_id: 1, start: '2027-02-01', end: '2027-02-03' });
    await apps.ask('POST', '/api/v1/bookings/1/check-in');
    await apps.ask('POST', '/api/v1/bookings/1/check-out');
    await confirmEverything();
    await apps.ask('POST', '/api/v1/bookings/1/replan');
    expect((await rows())[0]?.data).toMatchObject({ end: '2027-02-03', departed: '2027-02-05' });
  });

  it('responds 404 for a booking that does not exist', async () => {
    expect((await apps.ask('POST', '/api/v1/bookings/7/replan')).status).toBe(404);
  });
});

describe('an event reported as outdated', () => {
  it('leaves the outbox when the booking has changed since', async () => {
    await book(1);
    const first = (await rows())[0]?.id ?? '';
    await apps.ask('PATCH', '/api/v1/bookings/1', { end: '2027-02-07' });
    await confirmCleaning(1, { event_id: first, revision: 1, result: 'outdated', epoch: (await epoch()).epoch });
    expect((await rows()).map(({ data }) => data.revision)).toEqual([2]);
    expect((await epoch()).cause).toBe('created');
    expect(await cleaningOf(1)).toBe('pending');
  });

  it('for the current revision reveals a restored database, and is published in a new epoch instead of being marked planned', async () => {
    await book(1);
    const before = (await epoch()).epoch;
    const [event] = await rows();
    await confirmCleaning(1, { event_id: event?.id ?? '', revision: 1, result: 'outdated', epoch: before });
    expect(await epoch()).toMatchObject({ cause: 'conflict' });
    expect((await epoch()).epoch > before).toBe(true);
    expect(await cleaningOf(1)).toBe('pending');
    expect(await rows()).toMatchObject([{ data: { revision: 1, epoch: (await epoch()).epoch } }]);
    expect(apps.published.at(-1)?.id).toBe((await rows())[0]?.id);
    expect(apps.logLines.join()).toContain('run `pnpm replay`');
  });

  it('with an epoch from the future is published in a later epoch', async () => {
    await book(1);
    const future = 'f198c5a0-0000-7000-8000-00000000e0c1';
    await confirmCleaning(1, { event_id: (await rows())[0]?.id ?? '', revision: 1, result: 'outdated', epoch: future });
    expect((await epoch()).epoch > future).toBe(true);
  });

  it('that no longer exists changes nothing', async () => {
    await book(1);
    const event_id = '0198c5a0-0000-7000-8000-000000000001';
    expect(
      (await confirmCleaning(1, { event_id, revision: 1, result: 'outdated', epoch: (await epoch()).epoch })).status,
    ).toBe(204);
    expect((await epoch()).cause).toBe('created');
  });
});

describe('a replay', () => {
  const step = (after: number) => apps.askInternal('POST', '/internal/v1/replay/steps', { after });

  it('publishes the current revision of every booking once, each in its own trace', async () => {
    await book(1);
    await book(2);
    await apps.ask('DELETE', '/api/v1/bookings/2');
    await confirmEverything();
    const { status, body } = await apps.askInternal('POST', '/internal/v1/replay');
    expect({ status, body }).toEqual({ status: 201, body: { epoch: (await epoch()).epoch } });
    apps.hotel.context = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03' };
    expect((await step(0)).body).toEqual({ published: 2, after: 2, isLast: true, unconfirmed: 2 });
    expect(await rows()).toMatchObject([
      { type: 'booking.created', context: {}, data: { booking_id: 1, revision: 1, epoch: (await epoch()).epoch } },
      { type: 'booking.cancelled', context: {}, data: { booking_id: 2, revision: 2, epoch: (await epoch()).epoch } },
    ]);
    expect((await step(0)).body).toEqual({ published: 0, after: 2, isLast: true, unconfirmed: 2 });
    await confirmEverything();
    expect((await step(2)).body).toEqual({ published: 0, after: 2, isLast: true, unconfirmed: 0 });
    expect((await apps.askInternal('POST', '/internal/v1/replay/end')).status).toBe(204);
    expect((await epoch()).cause).toBe('replayed');
  });

  it('publishes at most one page at a time, and nothing while a thousand events are unconfirmed', async () => {
    for (let id = 1; id <= 10; id++) await book(id);
    await apps.hotel.execute(`
        WITH RECURSIVE n (i) AS (SELECT 11 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
        INSERT INTO bookings (id, room_id, start, "end", status, cleaning, revision)
        SELECT i, 1, '2020-01-01', '2020-01-02', 'cancelled', 'planned', 2 FROM n`);
    await confirmEverything();
    await apps.askInternal('POST', '/internal/v1/replay');
    let after = 0;
    for (let i = 0; i < 10; i++) {
      const { body } = (await step(after)) as { body: { after: number; published: number } };
      expect(body.published).toBe(100);
      after = body.after;
    }
    expect((await step(after)).body).toEqual({ published: 0, after: 1000, isLast: false, unconfirmed: 1000 });
  });
});
