import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RoomRepository } from '../../src/rooms/repository.ts';
import { dialects } from '../databases.ts';
import { openTestHotel, type TestHotel } from '../hotel.ts';

describe.each(dialects)('on %s', (dialect) => {
  let hotel: TestHotel;
  let rooms: RoomRepository;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    rooms = hotel.rooms;
  });
  afterEach(() => hotel[Symbol.asyncDispose]());

  const all = { after: 0, limit: 200 };
  const book = (room_id: number, start: string, end: string) => hotel.bookings.create({ room_id, start, end });

  describe('a fresh database', () => {
    it('gets ten rooms, 101 to 110, once', async () => {
      await rooms.seed();
      const numbers = (await rooms.list(all)).map(({ id, number }) => [id, number]);
      expect(numbers).toEqual(Array.from({ length: 10 }, (_, i) => [i + 1, String(101 + i)]));
    });
  });

  describe('a room', () => {
    it('can be created, read, changed and deleted', async () => {
      const room = await rooms.create({ number: '201', name: 'Suite' });
      expect(room).toEqual({ id: 11, number: '201', name: 'Suite' });
      expect(await rooms.change(11, { name: 'Grand suite' })).toEqual({ ...room, name: 'Grand suite' });
      expect(await rooms.change(11, { number: '202' })).toMatchObject({ number: '202', name: 'Grand suite' });
      expect(await rooms.get(11)).toMatchObject({ number: '202' });
      await rooms.remove(11);
      await expect(rooms.get(11)).rejects.toMatchObject({ code: 'room_not_found' });
    });

    it('has a unique number', async () => {
      const taken = { code: 'room_number_taken', message: expect.stringContaining('101') };
      await expect(rooms.create({ number: '101', name: 'Another' })).rejects.toMatchObject(taken);
      await expect(rooms.change(2, { number: '101' })).rejects.toMatchObject(taken);
      expect(await rooms.change(1, { number: '101', name: 'Same' })).toMatchObject({ number: '101', name: 'Same' });
    });

    it('has a unique number even for concurrent requests', async () => {
      const both = await Promise.allSettled([1, 2].map(() => rooms.create({ number: '201', name: 'Suite' })));
      expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('with bookings keeps its number but can be renamed', async () => {
      const { booking } = await book(1, '2027-02-04', '2027-02-06');
      await hotel.bookings.cancel(booking.id);
      await expect(rooms.change(1, { number: '999' })).rejects.toMatchObject({ code: 'room_number_fixed' });
      expect(await rooms.change(1, { name: 'Blue' })).toEqual({ id: 1, number: '101', name: 'Blue' });
    });

    it('with bookings cannot be deleted', async () => {
      await book(1, '2027-02-04', '2027-02-06');
      await expect(rooms.remove(1)).rejects.toMatchObject({ code: 'room_has_bookings' });
      expect(await rooms.get(1)).toMatchObject({ number: '101' });
    });

    it('that does not exist cannot be changed or deleted', async () => {
      await expect(rooms.change(99, { name: 'x' })).rejects.toMatchObject({ code: 'room_not_found' });
      await expect(rooms.remove(99)).rejects.toMatchObject({ code: 'room_not_found' });
    });
  });

  it('lists rooms page by page, even after a deleted one', async () => {
    const ids = async (after: number, limit: number) => (await rooms.list({ after, limit })).map(({ id }) => id);
    expect(await ids(0, 3)).toEqual([1, 2, 3]);
    await rooms.remove(3);
    expect(await ids(3, 3)).toEqual([4, 5, 6]);
    expect(await ids(10, 3)).toEqual([]);
  });

  describe('free rooms', () => {
    const isFree = async (start: string, end: string) =>
      (await rooms.free({ start, end, ...all })).some(({ id }) => id === 1);

    it.each([
      ['2027-02-02', '2027-02-04', true],
      ['2027-02-06', '2027-02-08', true],
      ['2027-02-03', '2027-02-05', false],
      ['2027-02-05', '2027-02-07', false],
      ['2027-02-04', '2027-02-06', false],
      ['2027-02-01', '2027-02-28', false],
    ])('from %s to %s, with a booking from the 4th to the 6th: %s', async (start, end, expected) => {
      await book(1, '2027-02-04', '2027-02-06');
      // Earlier and later bookings must not hide the one in between.
      await book(1, '2026-01-01', '2026-01-05');
      await book(1, '2028-01-01', '2028-01-05');
      expect(await isFree(start, end)).toBe(expected);
      expect(await rooms.free({ start, end, ...all })).toHaveLength(expected ? 10 : 9);
    });

    it('include a room again when its booking is cancelled', async () => {
      const { booking } = await book(1, '2027-02-04', '2027-02-06');
      await hotel.bookings.cancel(booking.id);
      expect(await isFree('2027-02-04', '2027-02-06')).toBe(true);
    });

    it('are listed page by page', async () => {
      await book(2, '2027-02-04', '2027-02-06');
      const ids = async (after: number) =>
        (await rooms.free({ start: '2027-02-04', end: '2027-02-05', after, limit: 4 })).map(({ id }) => id);
      expect(await ids(0)).toEqual([1, 3, 4, 5]);
      expect(await ids(5)).toEqual([6, 7, 8, 9]);
      expect(await ids(9)).toEqual([10]);
    });

    it('are searched in steps that let other work run in between', async () => {
      await hotel.execute(`
      WITH RECURSIVE n (i) AS (SELECT 1001 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
      INSERT INTO rooms (id, number, name) SELECT i, 'x' || i, 'x' FROM n`);
      await hotel.execute(`
      INSERT INTO bookings (room_id, start, "end", status, cleaning, revision)
      SELECT id, '2027-02-04', '2027-02-06', 'booked', 'planned', 1 FROM rooms WHERE id < 4000`);
      let turns = 0;
      const count = () => {
        turns++;
        pending = setImmediate(count);
      };
      let pending = setImmediate(count);
      const found = await rooms.free({ start: '2027-02-04', end: '2027-02-05', ...all });
      clearImmediate(pending);
      expect(found.map(({ id }) => id)).toEqual([4000]);
      expect(turns).toBeGreaterThanOrEqual(6);
    });
  });
});
