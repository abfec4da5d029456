import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHotel, type TestHotel } from '../../test/hotel.ts';
import type { BookingRepository } from './repository.ts';

let hotel: TestHotel;
let bookings: BookingRepository;
beforeEach(async () => {
  hotel = await openTestHotel();
  bookings = hotel.bookings;
  await bookings.create({ room_id: 1, start: '2027-02-04', end: '2027-02-06' });
  await bookings.create({ room_id: 1, start: '2027-02-06', end: '2027-02-08' });
});
afterEach(() => hotel[Symbol.asyncDispose]());

const checkIn = async (id: number) => bookings.checkIn(await bookings.prepareCheckIn(id));
/** Says of every event that it has been planned. */
async function planEverything(): Promise<void> {
  for (const { id, booking_id, data } of hotel.outboxRows()) {
    await bookings.confirmCleaning(booking_id, { event_id: id, revision: data.revision, result: 'planned' }, undefined);
  }
}

describe('checking in', () => {
  it('is a new revision that is told', async () => {
    const { booking, events } = await checkIn(1);
    expect(booking).toMatchObject({ status: 'checked_in', cleaning: 'pending', revision: 2 });
    expect(events).toMatchObject([{ type: 'booking.checked_in', data: { booking_id: 1, revision: 2, room: '101' } }]);
  });

  it('is refused while somebody is in the room', async () => {
    await checkIn(1);
    await expect(checkIn(2)).rejects.toMatchObject({ code: 'room_occupied' });
  });

  it('is refused until cleaning has heard that the guest before has left', async () => {
    await checkIn(1);
    await bookings.checkOut(1, '2027-02-06');
    await expect(checkIn(2)).rejects.toMatchObject({ code: 'room_not_clean' });
    await planEverything();
    expect((await checkIn(2)).booking.status).toBe('checked_in');
  });

  it('of two guests for whom cleaning was asked at the same time lets one in', async () => {
    const arrivals = await Promise.all([bookings.prepareCheckIn(1), bookings.prepareCheckIn(2)]);
    const outcomes = await Promise.allSettled(arrivals.map((arrival) => bookings.checkIn(arrival)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('is void when the booking has changed while cleaning was asked', async () => {
    const arrival = await bookings.prepareCheckIn(1);
    await bookings.change(1, { room_id: 2 });
    await expect(bookings.checkIn(arrival)).rejects.toMatchObject({ code: 'booking_changed_meanwhile' });
    expect((await bookings.get(1)).booking).toMatchObject({ status: 'booked', room_id: 2 });
  });

  it('is void when somebody has come and gone while cleaning was asked', async () => {
    const arrival = await bookings.prepareCheckIn(2);
    await checkIn(1);
    await bookings.checkOut(1, '2027-02-06');
    await planEverything();
    await expect(bookings.checkIn(arrival)).rejects.toMatchObject({ code: 'booking_changed_meanwhile' });
  });

  it('is for bookings that are booked', async () => {
    await bookings.cancel(1);
    await expect(bookings.prepareCheckIn(1)).rejects.toMatchObject({ code: 'booking_closed' });
    await expect(bookings.prepareCheckIn(7)).rejects.toMatchObject({ code: 'booking_not_found' });
  });

  it('ends changes and cancellation', async () => {
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

  it('early gives the nights to come back', async () => {
    await checkIn(1);
    await bookings.checkOut(1, '2027-02-05');
    const next = await bookings.create({ room_id: 1, start: '2027-02-05', end: '2027-02-06' });
    expect(next.booking.status).toBe('booked');
  });

  it('is for who is here', async () => {
    await expect(bookings.checkOut(1, '2027-02-06')).rejects.toMatchObject({ code: 'guest_not_here' });
    await expect(bookings.checkOut(7, '2027-02-06')).rejects.toMatchObject({ code: 'booking_not_found' });
    await checkIn(1);
    await bookings.checkOut(1, '2027-02-06');
    await expect(bookings.checkOut(1, '2027-02-06')).rejects.toMatchObject({ code: 'guest_not_here' });
  });
});
