import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  let eventId: string;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    const { events } = await hotel.bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    eventId = events[0]?.id ?? '';
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const confirm = (result: 'planned' | 'failed' | 'dropped', traceparent?: string) =>
    hotel.bookings.confirmCleaning(
      1,
      result === 'planned' ? { event_id: eventId, revision: 1, result } : { event_id: eventId, result },
      traceparent,
    );
  const found = async () => {
    const { booking, cleaningTraceparent } = await hotel.bookings.get(1);
    return [booking.cleaning, (await hotel.outboxRows()).length, cleaningTraceparent];
  };

  it('keeps a failed event in the outbox and reads its revision from there', async () => {
    await confirm('failed', '00-a-b-01');
    expect(await found()).toEqual(['failed', 1, '00-a-b-01']);
  });

  it('marks a failed event as planned once it is, even if a failure report arrives late', async () => {
    await confirm('failed', '00-a-b-01');
    await confirm('planned', '00-c-d-01');
    await confirm('failed', '00-e-f-01');
    expect(await found()).toEqual(['planned', 0, '00-c-d-01']);
  });

  it('removes a dropped event from the outbox and keeps its booking failed, in the trace that failed', async () => {
    await confirm('failed', '00-a-b-01');
    await confirm('dropped', '00-c-d-01');
    expect(await found()).toEqual(['failed', 0, '00-a-b-01']);
  });

  it('does not fail a booking when an event of an earlier revision fails', async () => {
    await hotel.bookings.change(1, { end: '2027-02-07' });
    await confirm('failed');
    expect(await found()).toEqual(['pending', 2, null]);
  });
});
