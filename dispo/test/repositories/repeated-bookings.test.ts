import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NewStay } from '../../src/bookings/fields.ts';
import type { BookingRepository } from '../../src/bookings/repository.ts';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  let bookings: BookingRepository;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    bookings = hotel.bookings;
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const stay: NewStay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
  const eventTypes = async () => (await hotel.outboxRows()).map(({ type }) => type);

  describe('with an Idempotency-Key', () => {
    const key = { caller: 'a', key: 'key' };

    it('creates the booking once, with one event', async () => {
      const first = await bookings.create(stay, key);
      const again = await bookings.create({ end: stay.end, start: stay.start, room_id: 1 }, key);
      expect(again.booking).toEqual(first.booking);
      expect(again.events).toEqual([]);
      expect(await eventTypes()).toEqual(['booking.created']);
    });

    it('creates the booking once even for concurrent requests', async () => {
      const both = await Promise.all([bookings.create(stay, key), bookings.create(stay, key)]);
      expect(both.map(({ booking }) => booking.id)).toEqual([1, 1]);
      expect(both.map(({ events }) => events.length).sort()).toEqual([0, 1]);
    });

    it('returns the current state of a booking that has changed since', async () => {
      await bookings.create(stay, key);
      await bookings.cancel(1);
      expect((await bookings.create(stay, key)).booking).toMatchObject({ id: 1, status: 'cancelled', revision: 2 });
    });

    it('rejects a different booking', async () => {
      await bookings.create(stay, key);
      await expect(bookings.create({ ...stay, room_id: 2 }, key)).rejects.toMatchObject({
        code: 'idempotency_key_reused',
      });
      expect((await bookings.create({ ...stay, room_id: 2 }, { ...key, key: 'another' })).booking.id).toBe(2);
    });

    it("ignores another caller's identical key", async () => {
      await bookings.create(stay, key);
      const other = { ...key, caller: 'b' };
      await expect(bookings.create(stay, other)).rejects.toMatchObject({ code: 'room_taken' });
      expect((await bookings.create({ ...stay, room_id: 2 }, other)).booking.id).toBe(2);
    });

    it('allows a rejected booking to be retried', async () => {
      await bookings.create(stay);
      await expect(bookings.create(stay, key)).rejects.toMatchObject({ code: 'room_taken' });
      await bookings.cancel(1);
      expect((await bookings.create(stay, key)).booking.id).toBe(2);
    });
  });
});
