import { explain } from '@hotel/sqlite/explain';
import { expect, it } from 'vitest';
import { createReadBoard } from '../src/board/board.ts';
import { createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStateReader } from '../src/outbox/state.ts';
import { createOutboxStore } from '../src/outbox/store.ts';
import { createRoomRepository } from '../src/rooms/repository.ts';
import { NOW, openTestHotel } from './hotel.ts';

const now = () => NOW;

// One exception: deleting or renumbering a room without bookings scans all bookings, 80 ms for a million. An index
// would cost every booking 12 us.
const RARE = /^SCAN bookings: (select "id" from "bookings"|delete from "rooms")/;
it('runs no statement whose cost grows with the history', async () => {
  await using hotel = await openTestHotel('sqlite');
  const { database } = hotel;
  const plans = await explain(database, async () => {
    const outbox = createOutboxStore(database, () => ({}), now);
    const bookings = createBookingRepository(database, outbox, now);
    const rooms = createRoomRepository(database, now);
    const { booking, events } = await bookings.create(
      { room_id: 1, start: '2027-01-30', end: '2027-02-06' },
      { caller: '', key: 'key' },
    );
    const event_id = events[0]?.id ?? '';
    await rooms.free({ start: '2027-02-04', end: '2027-02-06', after: 0, limit: 50 });
    await rooms.list({ after: 0, limit: 50 });
    await createReadBoard(database)({ start: '2027-02-04', end: '2027-02-18', after: 0, limit: 50 });
    await bookings.list({ after: 0, limit: 50 });
    await bookings.get(booking.id);
    await outbox.unconfirmed({ after: '', limit: 100 });
    await outbox.stillUnconfirmed([event_id]);
    await outbox.claim([event_id], [event_id]);
    await bookings.confirmCleaning(booking.id, { event_id, revision: 1, result: 'planned' }, undefined);
    await bookings.change(booking.id, { end: '2027-02-05' });
    await bookings.checkIn(await bookings.prepareCheckIn(booking.id));
    await bookings.checkOut(booking.id, '2027-02-04');
    createOutboxStateReader(database, now);
  });
  const scans = [...plans].flatMap(([source, steps]) =>
    // Subqueries have a LIMIT; json_each reads a parameter.
    steps
      .filter((step) => /^SCAN (?!CONSTANT ROW|expired|surplus|json_each)/.test(step))
      .map((step) => `${step}: ${source.slice(0, 40)}`),
  );
  // SQLite plans a scan for rows that refer to a missing booking, which only deferred foreign keys could produce: it
  // never runs.
  const notRun = /^SCAN (idempotency_keys: insert into "bookings"|bookings: insert into "rooms")/;
  // Rooms and unconfirmed events are few.
  expect(
    scans.filter((scan) => !/^SCAN (rooms|outbox)\b/.test(scan) && !notRun.test(scan) && !RARE.test(scan)),
  ).toEqual([]);
  expect([...plans.values()].flat()).toEqual(
    expect.arrayContaining([
      'SEARCH bookings USING INDEX bookings_by_room (room_id=? AND start<?)',
      'SEARCH guest USING COVERING INDEX bookings_guests (room_id=? AND status=?) LEFT-JOIN',
      'SEARCH bookings USING INTEGER PRIMARY KEY (rowid>?)',
      'SEARCH outbox USING PRIMARY KEY (id>?)',
    ]),
  );
});
