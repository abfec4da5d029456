import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewStay } from '../../src/bookings/fields.ts';
import type { BookingRepository } from '../../src/bookings/repository.ts';
import { dialects } from '../databases.ts';
import { NOW, openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  let bookings: BookingRepository;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    bookings = hotel.bookings;
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const stay: NewStay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
  const nights = (start: number, end: number): NewStay => ({
    room_id: 1,
    start: `2027-02-${String(start).padStart(2, '0')}`,
    end: `2027-02-${String(end).padStart(2, '0')}`,
  });
  const eventTypes = async () => (await hotel.outboxRows()).map(({ type }) => type);

  describe('making a booking', () => {
    it('writes it and its event in the same transaction, with the context of the request', async () => {
      hotel.context = {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
        tracestate: 'vendor=1',
        baggage: 'channel=web',
      };
      const { booking, room, events } = await bookings.create(stay);
      expect(booking).toEqual({ id: 1, ...stay, status: 'booked', cleaning: 'pending', revision: 1 });
      expect(room.number).toBe('101');
      const data = { booking_id: 1, revision: 1, room: '101', ...stay, epoch: (await hotel.database.epoch()).epoch };
      const [row] = await hotel.outboxRows();
      expect(row).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
        type: 'booking.created',
        time: NOW.toISOString(),
        data,
        attempt: 0,
        subject: 'bookings/1',
        context: hotel.context,
      });
      expect(events).toEqual([row]);
    });

    it('writes no event without a booking', async () => {
      await expect(bookings.create({ ...stay, room_id: 99 })).rejects.toMatchObject({ code: 'room_not_found' });
      await bookings.create(stay);
      await expect(bookings.create(stay)).rejects.toMatchObject({ code: 'room_taken' });
      expect(await eventTypes()).toEqual(['booking.created']);
    });

    it('writes no booking without an event', async () => {
      hotel.context = {
        get traceparent(): string {
          throw new Error('no context');
        },
      };
      await expect(bookings.create(stay)).rejects.toThrow('no context');
      expect(await bookings.list({ after: 0, limit: 10 })).toEqual([]);
    });
  });

  describe('two bookings of a room', () => {
    beforeEach(() => bookings.create(nights(4, 8)));

    it.each([
      [2, 4],
      [8, 9],
    ])('may be adjacent: from day %i to day %i', async (start, end) => {
      expect((await bookings.create(nights(start, end))).booking.id).toBe(2);
    });

    it.each([
      [4, 8],
      [5, 7],
      [2, 5],
      [7, 9],
      [1, 20],
      [4, 5],
      [7, 8],
    ])('never share a night: from day %i to day %i', async (start, end) => {
      await expect(bookings.create(nights(start, end))).rejects.toMatchObject({
        code: 'room_taken',
        message: 'room 101 is taken from 2027-02-04 to 2027-02-08',
      });
    });

    it('never share a night, however many other bookings the room has', async () => {
      await bookings.create(nights(1, 2));
      await bookings.create(nights(10, 11));
      await bookings.create(nights(8, 9));
      await expect(bookings.create(nights(7, 10))).rejects.toMatchObject({ code: 'room_taken' });
      await expect(bookings.create(nights(3, 5))).rejects.toMatchObject({ code: 'room_taken' });
    });

    it('may share nights when they are for different rooms', async () => {
      expect((await bookings.create({ ...nights(4, 8), room_id: 2 })).booking.room_id).toBe(2);
    });

    it('may share nights when one is cancelled', async () => {
      await bookings.cancel(1);
      expect((await bookings.create(nights(5, 6))).booking.id).toBe(2);
    });
  });

  it('accepts exactly one of 50 concurrent bookings of the same nights', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => bookings.create(stay)));
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(refused).toHaveLength(49);
    expect(new Set(refused.map(({ reason }) => reason.code))).toEqual(new Set(['room_taken']));
    expect(await bookings.list({ after: 0, limit: 200 })).toHaveLength(1);
    expect(await eventTypes()).toEqual(['booking.created']);
  });

  describe('changing a booking', () => {
    beforeEach(() => bookings.create(stay));

    it('writes a new revision with pending cleaning, and its event', async () => {
      const [created] = await hotel.outboxRows();
      await bookings.confirmCleaning(1, { event_id: created?.id ?? '', revision: 1, result: 'planned' }, undefined);
      const { booking } = await bookings.change(1, { end: '2027-02-09' });
      expect(booking).toEqual({
        id: 1,
        ...stay,
        end: '2027-02-09',
        status: 'booked',
        cleaning: 'pending',
        revision: 2,
      });
      expect((await bookings.get(1)).booking).toEqual(booking);
      expect(await hotel.outboxRows()).toMatchObject([
        { type: 'booking.changed', data: { booking_id: 1, revision: 2, end: '2027-02-09', room: '101' } },
      ]);
    });

    it('may shift it across its own nights', async () => {
      expect((await bookings.change(1, { start: '2027-02-05', end: '2027-02-07' })).booking.start).toBe('2027-02-05');
    });

    it('may move it to another room, and the event has the new room number', async () => {
      expect((await bookings.change(1, { room_id: 2 })).events[0]?.data).toMatchObject({ room_id: 2, room: '102' });
    });

    it('rejects nights that are taken in the new room', async () => {
      await bookings.create({ ...stay, room_id: 2 });
      await expect(bookings.change(1, { room_id: 2 })).rejects.toMatchObject({ code: 'room_taken' });
      expect((await bookings.get(1)).booking).toMatchObject({ room_id: 1, revision: 1 });
    });

    it.each([{ start: '2027-02-06' }, { start: '2027-02-09' }, { end: '2027-02-04' }, { end: '2027-01-01' }])(
      'rejects an end that is not after the start: %j',
      async (change) => {
        await expect(bookings.change(1, change)).rejects.toMatchObject({ code: 'stay_not_valid' });
      },
    );

    it.each([{ end: '2029-02-06' }, { start: '2024-02-04' }])('rejects a stay that is too long: %j', async (change) => {
      await expect(bookings.change(1, change)).rejects.toMatchObject({ code: 'stay_not_valid' });
      expect((await bookings.get(1)).booking).toMatchObject(stay);
    });

    it('rejects a room that does not exist', async () => {
      await expect(bookings.change(1, { room_id: 99 })).rejects.toMatchObject({ code: 'room_not_found' });
    });

    it('writes two revisions for two concurrent changes', async () => {
      await Promise.all([bookings.change(1, { end: '2027-02-08' }), bookings.change(1, { end: '2027-02-09' })]);
      expect((await bookings.get(1)).booking).toMatchObject({ end: '2027-02-09', revision: 3 });
      expect((await hotel.outboxRows()).map(({ data }) => data.revision)).toEqual([1, 2, 3]);
    });
  });

  describe('cancelling a booking', () => {
    it('keeps its row and writes an event', async () => {
      await bookings.create(stay);
      expect((await bookings.cancel(1)).booking).toMatchObject({
        status: 'cancelled',
        cleaning: 'pending',
        revision: 2,
      });
      expect((await bookings.get(1)).booking.status).toBe('cancelled');
      expect(await eventTypes()).toEqual(['booking.created', 'booking.cancelled']);
    });

    it('is final', async () => {
      await bookings.create(stay);
      await bookings.cancel(1);
      const closed = { code: 'booking_closed', message: expect.stringContaining('booking 1 is cancelled') };
      await expect(bookings.cancel(1)).rejects.toMatchObject(closed);
      await expect(bookings.change(1, { end: '2027-02-09' })).rejects.toMatchObject(closed);
      expect(await eventTypes()).toEqual(['booking.created', 'booking.cancelled']);
    });

    it('reports a booking that does not exist, as other calls do', async () => {
      const notFound = { code: 'booking_not_found', message: 'there is no booking 7' };
      await expect(bookings.cancel(7)).rejects.toMatchObject(notFound);
      await expect(bookings.change(7, {})).rejects.toMatchObject(notFound);
      await expect(bookings.get(7)).rejects.toMatchObject(notFound);
    });
  });

  describe('a cleaning result', () => {
    const eventIds = async () => (await hotel.outboxRows()).map(({ id }) => id);
    const cleaning = async () => (await bookings.get(1)).booking.cleaning;
    let eventId: string;
    beforeEach(async () => {
      eventId = (await bookings.create(stay)).events[0]?.id ?? '';
    });

    it('is stored, and the event leaves the outbox', async () => {
      await bookings.confirmCleaning(1, { event_id: eventId, revision: 1, result: 'planned' }, '00-a-b-01');
      expect(await cleaning()).toBe('planned');
      expect((await bookings.get(1)).cleaningTraceparent).toBe('00-a-b-01');
      expect(await eventIds()).toEqual([]);
    });

    it('may be reported twice', async () => {
      const result = { event_id: eventId, revision: 1, result: 'planned' } as const;
      await bookings.confirmCleaning(1, result, undefined);
      await bookings.confirmCleaning(1, result, undefined);
      expect(await cleaning()).toBe('planned');
    });

    it('for an old revision removes its event and does not change the booking', async () => {
      const changed = await bookings.change(1, { end: '2027-02-08' });
      await bookings.confirmCleaning(1, { event_id: eventId, revision: 1, result: 'planned' }, undefined);
      expect(await cleaning()).toBe('pending');
      expect(await eventIds()).toEqual([changed.events[0]?.id]);
    });

    it('leaves events of other bookings in the outbox', async () => {
      await bookings.create({ ...stay, room_id: 2 });
      await bookings.confirmCleaning(1, { event_id: eventId, revision: 1, result: 'planned' }, undefined);
      expect((await hotel.outboxRows()).map(({ data }) => data.booking_id)).toEqual([2]);
    });

    it('keeps a failed event in the outbox, so that it is not lost', async () => {
      await bookings.confirmCleaning(1, { event_id: eventId, revision: 1, result: 'failed' }, undefined);
      expect(await cleaning()).toBe('failed');
      expect(await eventIds()).toEqual([eventId]);
    });

    it('for a booking that does not exist is rejected', async () => {
      const result = { event_id: eventId, revision: 1, result: 'planned' } as const;
      await expect(bookings.confirmCleaning(7, result, undefined)).rejects.toMatchObject({ code: 'booking_not_found' });
      expect(await eventIds()).toEqual([eventId]);
    });
  });

  it('lists bookings page by page, including cancelled ones', async () => {
    for (let day = 1; day <= 5; day++) await bookings.create(nights(day, day + 1));
    await bookings.cancel(3);
    const ids = async (after: number, limit: number) => (await bookings.list({ after, limit })).map(({ id }) => id);
    expect(await ids(0, 2)).toEqual([1, 2]);
    expect(await ids(2, 2)).toEqual([3, 4]);
    expect(await ids(4, 2)).toEqual([5]);
  });
});
