import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore } from '../src/outbox/store.ts';
import { type DispoDatabase, withTables } from '../src/schema.ts';
import { NOW, openTestHotel, type TestHotel } from './hotel.ts';

let hotel: TestHotel;
let databases: DispoDatabase[];
let replicas: BookingRepository[];
beforeEach(async () => {
  hotel = await openTestHotel('postgres');
  databases = await Promise.all([1, 2, 3].map(async () => withTables(await hotel.openReplica())));
  replicas = databases.map((database) => {
    const store = createOutboxStore(
      database,
      () => ({}),
      () => NOW,
    );
    return createBookingRepository(database, store, () => NOW);
  });
});
afterEach(async () => {
  for (const database of databases) await database[Symbol.asyncDispose]();
  await hotel[Symbol.asyncDispose]();
});

const replica = (i: number) => replicas[i % 3] as BookingRepository;

/** Two nights that no other `i` has. */
function nights(i: number): { start: string; end: string } {
  const day = (offset: number) => new Date(Date.UTC(2027, 1, 4 + offset)).toISOString().slice(0, 10);
  return { start: day(2 * i), end: day(2 * i + 2) };
}

/** 60 requests for room 101, over all replicas. */
function book60(): Promise<unknown>[] {
  return Array.from({ length: 60 }, (_, i) => replica(i).create({ room_id: 1, ...nights(i) }));
}

/** One guest after the other in a room, each request at another replica. */
async function letRoom(room_id: number): Promise<string[]> {
  const statuses: string[] = [];
  for (let guest = 0; guest < 4; guest++) {
    const at = room_id + 3 * guest;
    const { booking } = await replica(at).create({ room_id, ...nights(guest) });
    await replica(at + 1).checkIn(await replica(at + 2).prepareCheckIn(booking.id));
    const { events, ...left } = await replica(at).checkOut(booking.id, booking.end);
    await replica(at + 1).confirmCleaning(
      booking.id,
      { event_id: events[0]?.id ?? '', revision: left.booking.revision, result: 'planned' },
      undefined,
    );
    statuses.push(left.booking.status);
  }
  return statuses;
}

describe('three replicas on a healthy database answer every request', () => {
  it('while 60 book one room and guests of the other rooms come and go', async () => {
    const stays = [2, 3, 4, 5, 6, 7, 8, 9, 10].map(letRoom);
    await Promise.all([...book60(), ...stays]);
    expect(await Promise.all(stays)).toEqual(stays.map(() => Array(4).fill('checked_out')));
    expect(await hotel.bookings.list({ after: 0, limit: 1_000 })).toHaveLength(60 + 9 * 4);
  });

  it('while another transaction holds the room for two seconds', async () => {
    const held = hotel.execute('BEGIN; SELECT FROM rooms WHERE id = 1 FOR UPDATE; SELECT pg_sleep(2); COMMIT');
    await Promise.all([held, ...book60()]);
    expect(await hotel.bookings.list({ after: 0, limit: 1_000 })).toHaveLength(60);
  });
});
