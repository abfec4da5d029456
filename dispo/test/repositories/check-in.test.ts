import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BookingRepository } from '../../src/bookings/repository.ts';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  let bookings: BookingRepository;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    bookings = hotel.bookings;
    await bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    await bookings.create({ room_id: 1, start: '2027-02-06', end: '2027-02-08' });
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const checkIn = async (id: number) => bookings.checkIn(await bookings.prepareCheckIn(id));
  /** Confirms every event as planned. */
  async function planEverything(): Promise<void> {
    for (const { id, data } of await hotel.outboxRows()) {
      await bookings.confirmCleaning(
        data.booking_id,
        { event_id: id, revision: data.revision, result: 'planned' },
        undefined,
      );
    }
  }

  describe('checking in', () => {
    it('writes a new revision and publishes it', async () => {
      const { booking, events } = await checkIn(1);
      expect(booking).toMatchObject({ status: 'checked_in', cleaning: 'pending', revision: 2 });
      expect(events).toMatchObject([{ type: 'booking.checked_in', data: { booking_id: 1, revision: 2, room: '101' } }]);
    });

    it('is rejected while the room is occupied', async () => {
      await checkIn(1);
      await expect(checkIn(2)).rejects.toMatchObject({ code: 'room_occupied' });
    });

    it('is rejected until cleaning has processed the previous check-out', async () => {
      await checkIn(1);
      await bookings.checkOut(1, '2027-02-06');
      await expect(checkIn(2)).rejects.toMatchObject({ code: 'room_not_clean' });
      await planEverything();
      expect((await checkIn(2)).booking.status).toBe('checked_in');
    });

    it('leaves the decision to cleaning when the check-out is a dead letter, unless the check-in is unconfirmed too', async () => {
      const fail = async (type: string) => {
        const row = (await hotel.outboxRows()).find((event) => event.type === type);
        await bookings.confirmCleaning(1, { event_id: row?.id ?? '', result: 'failed' }, undefined);
      };
      await checkIn(1);
      await bookings.checkOut(1, '2027-02-06');
      await fail('booking.checked_out');
      await expect(checkIn(2)).rejects.toMatchObject({ code: 'room_not_clean' });
      for (const { id, data, type } of await hotel.outboxRows()) {
        if (type === 'booking.checked_out') continue;
        await bookings.confirmCleaning(
          data.booking_id,
          { event_id: id, revision: data.revision, result: 'planned' },
          undefined,
        );
      }
      expect((await bookings.get(1)).booking.cleaning).toBe('failed');
      expect((await checkIn(2)).booking.status).toBe('checked_in');
    });

    it('succeeds for only one of two guests who check in at the same time', async () => {
      const arrivals = await Promise.all([bookings.prepareCheckIn(1), bookings.prepareCheckIn(2)]);
      const outcomes = await Promise.allSettled(arrivals.map((arrival) => bookings.checkIn(arrival)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('is rejected when the booking changed during the request to cleaning', async () => {
      const arrival = await bookings.prepareCheckIn(1);
      await bookings.change(1, { room_id: 2 });
      await expect(bookings.checkIn(arrival)).rejects.toMatchObject({ code: 'booking_changed_meanwhile' });
      expect((await bookings.get(1)).booking).toMatchObject({ status: 'booked', room_id: 2 });
    });

    it('is rejected when another guest came and left during the request to cleaning', async () => {
      const arrival = await bookings.prepareCheckIn(2);
      await checkIn(1);
      await bookings.checkOut(1, '2027-02-06');
      await planEverything();
      await expect(bookings.checkIn(arrival)).rejects.toMatchObject({ code: 'booking_changed_meanwhile' });
    });

    it('requires status booked', async () => {
      await bookings.cancel(1);
      await expect(bookings.prepareCheckIn(1)).rejects.toMatchObject({ code: 'booking_closed' });
      await expect(bookings.prepareCheckIn(7)).rejects.toMatchObject({ code: 'booking_not_found' });
    });

    it('rules out changes and cancellation afterwards', async () => {
      await checkIn(1);
      await expect(bookings.change(1, { end: '2027-02-05' })).rejects.toMatchObject({ code: 'booking_closed' });
      await expect(bookings.cancel(1)).rejects.toMatchObject({ code: 'booking_closed' });
    });
  });

  describe('checking out', () => {
    it.each([
      ['2027-02-05', '2027-02-05'],
      ['2027-02-06', '2027-02-06'],
      ['2027-03-01', '2027-02-06'],
      ['2027-01-01', '2027-02-04'],
    ])('on %s ends the stay on %s', async (today, end) => {
      await checkIn(1);
      const { booking, events } = await bookings.checkOut(1, today);
      expect(booking).toMatchObject({ status: 'checked_out', end, revision: 3 });
      expect(events).toMatchObject([{ type: 'booking.checked_out', data: { end } }]);
    });

    it.each([
      ['2027-02-05', undefined],
      ['2027-02-09', '2027-02-09'],
      ['2027-01-01', '2027-01-01'],
    ])('on %s is published with departed %s', async (today, departed) => {
      await checkIn(1);
      expect((await bookings.checkOut(1, today)).events[0]?.data.departed).toBe(departed);
    });

    it('early frees the remaining nights', async () => {
      await checkIn(1);
      await bookings.checkOut(1, '2027-02-05');
      const next = await bookings.create({ room_id: 1, start: '2027-02-05', end: '2027-02-06' });
      expect(next.booking.status).toBe('booked');
    });

    it('requires a guest who is checked in', async () => {
      await expect(bookings.checkOut(1, '2027-02-06')).rejects.toMatchObject({ code: 'guest_not_here' });
      await expect(bookings.checkOut(7, '2027-02-06')).rejects.toMatchObject({ code: 'booking_not_found' });
      await checkIn(1);
      await bookings.checkOut(1, '2027-02-06');
      await expect(bookings.checkOut(1, '2027-02-06')).rejects.toMatchObject({ code: 'guest_not_here' });
    });
  });

  describe('a guest who stays longer than booked', () => {
    // It is 30 January.
    const late = { room_id: 2, start: '2027-01-20', end: '2027-01-25' };
    const freeIds = async (start: string, end: string) =>
      (await hotel.rooms.free({ start, end, after: 0, limit: 50 })).map(({ id }) => id);
    beforeEach(async () => {
      await bookings.create(late);
      await checkIn(3);
    });

    it.each([
      ['2027-01-25', '2027-01-26'],
      ['2027-01-29', '2027-02-05'],
      ['2027-01-30', '2027-01-31'],
      ['2027-01-10', '2027-12-01'],
    ])('holds the room until tomorrow: it cannot be booked from %s to %s', async (start, end) => {
      expect(await freeIds(start, end)).not.toContain(2);
      const occupied = { code: expect.stringMatching(/^room_(occupied|taken)$/) };
      await expect(bookings.create({ room_id: 2, start, end })).rejects.toMatchObject(occupied);
      await bookings.create({ room_id: 3, start, end });
      await expect(bookings.change(4, { room_id: 2 })).rejects.toMatchObject(occupied);
    });

    it('is named in the error, with the planned day of departure', async () => {
      await expect(bookings.create({ room_id: 2, start: '2027-01-30', end: '2027-02-01' })).rejects.toMatchObject({
        code: 'room_occupied',
        message: 'the guest of booking 3 is still in room 102, and was due to leave on 2027-01-25',
      });
    });

    it('does not stop the next booking from being shortened, only from gaining nights', async () => {
      const next = { room_id: 5, start: '2027-01-25', end: '2027-02-05' };
      await bookings.create({ room_id: 5, start: '2027-01-20', end: '2027-01-25' });
      await bookings.create(next);
      await checkIn(4);
      expect((await bookings.change(5, { end: '2027-02-03' })).booking.end).toBe('2027-02-03');
      await expect(bookings.change(5, { end: '2027-02-04' })).rejects.toMatchObject({ code: 'room_occupied' });
    });

    it('does not hold the room from tomorrow on, or before the arrival', async () => {
      for (const [start, end] of [
        ['2027-01-31', '2027-02-02'],
        ['2027-01-10', '2027-01-20'],
      ] as const) {
        expect(await freeIds(start, end)).toContain(2);
        await bookings.create({ room_id: 2, start, end });
      }
    });

    it('no longer holds the room after check-out', async () => {
      await bookings.checkOut(3, '2027-01-30');
      expect(await freeIds('2027-01-30', '2027-02-01')).toContain(2);
      await bookings.create({ room_id: 2, start: '2027-01-30', end: '2027-02-01' });
    });

    it('does not hold the room from the day of departure on if that is today', async () => {
      await bookings.create({ room_id: 4, start: '2027-01-28', end: '2027-01-30' });
      await checkIn(4);
      expect(await freeIds('2027-01-30', '2027-02-01')).toContain(4);
      await bookings.create({ room_id: 4, start: '2027-01-30', end: '2027-02-01' });
    });
  });
});
