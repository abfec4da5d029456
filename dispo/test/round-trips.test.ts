import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { lastly, together } from '@hotel/database';
import { sql } from '@hotel/database/drizzle';
import { execute, sharedServer } from '@hotel/postgres/test';
import { expect, it } from 'vitest';
import { createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore } from '../src/outbox/store.ts';
import { createRoomRepository } from '../src/rooms/repository.ts';
import { withTables } from '../src/schema.ts';
import { openOn } from './databases.ts';
import { NOW, openTestHotel } from './hotel.ts';

const now = () => NOW;
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };

/** Records the number of requests in each chunk from a client, which sends a chunk after the responses to the one before. */
async function startProxy(port: number) {
  const pieces: number[] = [];
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    let isStartup = true;
    client.on('data', (bytes) => {
      // The first message has no type.
      if (!isStartup) pieces.push(countRequests(bytes));
      isStartup = false;
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => client.write(bytes));
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    pieces,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  };
}

/** Each request ends with Sync, or is a simple query. */
function countRequests(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1)) {
    if ('SQ'.includes(String.fromCharCode(bytes[at] as number))) count++;
  }
  return count;
}

it('a booking takes three round trips, and its confirmation three', async () => {
  const server = await sharedServer();
  const name = `round_trips_${process.pid}`;
  await execute(server.url('postgres'), `CREATE DATABASE ${name}`);
  const url = new URL(server.url(name));
  await using proxy = await startProxy(Number(url.port));
  url.port = String(proxy.port);
  await using database = withTables(await openOn(url.href));
  await createRoomRepository(database, now).seed();
  const store = createOutboxStore(database, () => ({}), now);
  const bookings = createBookingRepository(database, store, now);
  proxy.pieces.length = 0;
  const { booking, events } = await bookings.create(stay);
  // BEGIN, the room and its last booking; the booking; its event and COMMIT.
  expect(proxy.pieces).toEqual([3, 1, 2]);
  proxy.pieces.length = 0;
  const event_id = events[0]?.id ?? '';
  await bookings.confirmCleaning(booking.id, { event_id, revision: 1, result: 'planned' }, undefined);
  // BEGIN alone, since the first statement writes; the event; the booking and COMMIT.
  expect(proxy.pieces).toEqual([1, 1, 2]);
});

it('a last statement that fails leaves nothing behind, and its connection can be used again', async () => {
  await using hotel = await openTestHotel('postgres');
  const { rooms } = hotel.database.tables;
  const p = sql.placeholder;
  const insert = hotel.database.prepare(
    hotel.database.orm.insert(rooms).values({ number: p('number'), name: p('number') }),
  );
  const twice = hotel.database.write(function* () {
    yield* insert.run({ number: 'new' });
    yield* lastly(insert.run({ number: '101' }));
  });
  await expect(twice).rejects.toMatchObject({ code: 'room_number_taken' });
  expect((await hotel.rooms.list({ after: 0, limit: 50 })).map(({ number }) => number)).not.toContain('new');
  await hotel.bookings.create(stay);
});

it.each(['sqlite', 'postgres'] as const)('together returns the values of both steps, on %s', async (dialect) => {
  await using hotel = await openTestHotel(dialect);
  const { rooms } = hotel.database.tables;
  const { orm, prepare } = hotel.database;
  const find = prepare(
    orm
      .select({ number: sql<string>`${rooms.number}`.as('number') })
      .from(rooms)
      .where(sql`${rooms.id} = ${sql.placeholder('id')}`),
  );
  const both = await hotel.database.write(function* () {
    return yield* together(find.get({ id: 1 }), find.all({ id: 2 }));
  });
  expect(both).toEqual([{ number: '101' }, [{ number: '102' }]]);
});

it('rejects a statement after the last one', async () => {
  await using hotel = await openTestHotel('postgres');
  const late = hotel.database.write(function* () {
    yield* lastly(hotel.database.currentEpoch());
    yield* hotel.database.currentEpoch();
  });
  await expect(late).rejects.toThrow('the transaction has a statement after its last one');
});
