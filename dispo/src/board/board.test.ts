import { describe, expect, it } from 'vitest';
import { dialects } from '../../test/databases.ts';
import { openTestHotel } from '../../test/hotel.ts';
import { createReadBoard } from './board.ts';

const window = { start: '2027-02-04', end: '2027-02-11', after: 0, limit: 50 };

describe.each(dialects)('the board on %s', (dialect) => {
  it('shows the bookings that hold a night of the window, whenever they begin', async () => {
    await using hotel = await openTestHotel(dialect);
    const read = createReadBoard(hotel.database);
    const make = async (room_id: number, start: string, end: string) =>
      (await hotel.bookings.create({ room_id, start, end })).booking.id;
    await make(1, '2027-01-01', '2027-01-03');
    const reachesIn = await make(1, '2027-01-20', '2027-02-05');
    const inside = await make(1, '2027-02-05', '2027-02-06');
    const reachesOut = await make(1, '2027-02-10', '2027-03-01');
    await make(1, '2027-03-01', '2027-03-02');
    await make(2, '2027-02-01', '2027-02-04');
    await make(2, '2027-02-11', '2027-02-12');
    await hotel.bookings.cancel(await make(3, '2027-02-05', '2027-02-06'));

    const { rooms, hasMore } = await read(window);
    expect(rooms.map(({ stays }) => stays.map(({ id }) => id))).toEqual([
      [reachesIn, inside, reachesOut],
      ...Array.from({ length: 9 }, () => []),
    ]);
    expect(rooms[0]).toMatchObject({ id: 1, number: '101', stays: [{ status: 'booked', revision: 1 }, {}, {}] });
    expect(hasMore).toBe(false);
  });

  it('shows a guest who stays longer than booked, before the window too', async () => {
    await using hotel = await openTestHotel(dialect);
    const { booking } = await hotel.bookings.create({ room_id: 4, start: '2027-01-01', end: '2027-01-03' });
    await hotel.bookings.checkIn(await hotel.bookings.prepareCheckIn(booking.id));
    await hotel.bookings.create({ room_id: 4, start: '2027-02-01', end: '2027-02-03' });
    const { rooms } = await createReadBoard(hotel.database)(window);
    expect(rooms[3]?.stays).toMatchObject([{ id: booking.id, status: 'checked_in' }]);
  });

  it('shows a page of rooms, and reports further ones', async () => {
    await using hotel = await openTestHotel(dialect);
    const read = createReadBoard(hotel.database);
    const { booking } = await hotel.bookings.create({ room_id: 4, start: '2027-02-05', end: '2027-02-06' });
    const page = await read({ ...window, after: 3, limit: 2 });
    expect(page).toMatchObject({
      hasMore: true,
      rooms: [
        { id: 4, stays: [{ id: booking.id }] },
        { id: 5, stays: [] },
      ],
    });
    expect(await read({ ...window, after: 10, limit: 2 })).toEqual({ hasMore: false, rooms: [] });
  });
});
