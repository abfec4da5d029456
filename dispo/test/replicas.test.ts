import { sql } from '@hotel/database/drizzle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore, type OutboxStore } from '../src/outbox/store.ts';
import { type DispoDatabase, withTables } from '../src/schema.ts';
import { NOW, openTestHotel, type TestHotel } from './hotel.ts';

interface Replica {
  database: DispoDatabase;
  store: OutboxStore;
  bookings: BookingRepository;
}

let hotel: TestHotel;
let replicas: Replica[];
beforeEach(async () => {
  hotel = await openTestHotel('postgres');
  replicas = await Promise.all([1, 2, 3].map(async () => replicaOn(withTables(await hotel.openReplica()))));
});
afterEach(async () => {
  for (const { database } of replicas) await database[Symbol.asyncDispose]();
  await hotel[Symbol.asyncDispose]();
});

function replicaOn(database: DispoDatabase): Replica {
  const store = createOutboxStore(
    database,
    () => ({}),
    () => NOW,
  );
  return { database, store, bookings: createBookingRepository(database, store, () => NOW) };
}
/** Calls the replicas in turn, all at once. */
function onReplicas<T>(count: number, call: (replica: Replica, i: number) => Promise<T>) {
  return Promise.allSettled(Array.from({ length: count }, (_, i) => call(replicas[i % 3] as Replica, i)));
}
function codesOf(outcomes: PromiseSettledResult<unknown>[]): string[] {
  return outcomes.map((one) => (one.status === 'fulfilled' ? 'ok' : String(one.reason.code ?? one.reason))).sort();
}

const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };

describe('three replicas', () => {
  it('accept one of 60 concurrent bookings of the same nights, and reject the others', async () => {
    const outcomes = await onReplicas(60, ({ bookings }) => bookings.create(stay));
    expect(codesOf(outcomes)).toEqual(['ok', ...Array(59).fill('room_taken')]);
    expect(await hotel.outboxRows()).toHaveLength(1);
  });

  it('never let two bookings share a night, whether they are made or moved', async () => {
    const made = await Promise.all([1, 2, 3, 4, 5, 6].map((room_id) => hotel.bookings.create({ ...stay, room_id })));
    const outcomes = await onReplicas(6, ({ bookings }, i) =>
      bookings.change(made[i]?.booking.id ?? 0, { room_id: 7 }),
    );
    expect(codesOf(outcomes)).toEqual(['ok', ...Array(5).fill('room_taken')]);
  });

  it('make one booking for concurrent requests with the same Idempotency-Key', async () => {
    const key = { caller: '', key: 'one' };
    const outcomes = await onReplicas(12, ({ bookings }) => bookings.create(stay, key));
    expect(codesOf(outcomes)).toEqual(Array(12).fill('ok'));
    const events = outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value.events : []));
    expect(events).toHaveLength(1);
  });

  it('reject an Idempotency-Key that is used for two bookings at the same time', async () => {
    const key = { caller: '', key: 'two' };
    const outcomes = await onReplicas(6, ({ bookings }, i) => bookings.create({ ...stay, room_id: 1 + i }, key));
    expect(codesOf(outcomes)).toEqual([...Array(5).fill('idempotency_key_reused'), 'ok']);
    expect(await hotel.bookings.list({ after: 0, limit: 10 })).toHaveLength(1);
  });

  it('check one of two guests in to a room', async () => {
    const first = await hotel.bookings.create(stay);
    const second = await hotel.bookings.create({ ...stay, start: '2027-02-06', end: '2027-02-08' });
    const arrivals = await Promise.all([first, second].map(({ booking }) => hotel.bookings.prepareCheckIn(booking.id)));
    const outcomes = await onReplicas(2, ({ bookings }, i) => bookings.checkIn(arrivals[i] as (typeof arrivals)[0]));
    expect(codesOf(outcomes)).toEqual(['ok', 'room_occupied']);
  });

  it('share the events that a sweep finds: each event has one relay', async () => {
    const ids: string[] = [];
    for (let room_id = 1; room_id <= 10; room_id++) {
      ids.push(...(await hotel.bookings.create({ ...stay, room_id })).events.map(({ id }) => id));
    }
    await hotel.expireClaims();
    const outcomes = await onReplicas(3, ({ store }) => store.claim(ids, ids));
    const claimed = outcomes.flatMap((one) => (one.status === 'fulfilled' ? one.value.map(({ id }) => id) : []));
    expect(claimed.sort()).toEqual(ids);
    expect((await hotel.outboxRows()).map(({ attempt }) => attempt)).toEqual(Array(10).fill(2));
  });

  it('leave an event to the replica that has just claimed it', async () => {
    const { events } = await hotel.bookings.create(stay);
    const ids = events.map(({ id }) => id);
    await hotel.expireClaims();
    expect((await replicas[0]?.store.claim(ids, []))?.map(({ id }) => id)).toEqual(ids);
    expect(await replicas[1]?.store.claim(ids, [])).toEqual([]);
  });

  it('leave an event to the replica that has just written it', async () => {
    const { events } = await hotel.bookings.create(stay);
    expect(await replicas[0]?.store.claim([events[0]?.id ?? ''], [])).toEqual([]);
  });

  it('write events in the epoch that another replica has begun', async () => {
    const { epoch } = await hotel.database.beginEpoch('replaying');
    const created = await replicas[0]?.bookings.create(stay);
    expect(created?.events[0]?.data.epoch).toBe(epoch);
    expect(await replicas[1]?.database.epoch()).toMatchObject({ epoch, cause: 'replaying' });
  });
});

describe('the database', () => {
  it('rejects a double booking that the rules have accepted, as they would', async () => {
    await hotel.bookings.create(stay);
    const { database } = hotel;
    const insert = database.prepare(
      database.orm
        .insert(database.tables.bookings)
        .values({ ...stay, status: 'booked', cleaning: 'pending', revision: 1 }),
    );
    const write = database.write(function* () {
      yield* insert.run();
    });
    await expect(write).rejects.toMatchObject({ code: 'room_taken' });
  });

  it('lets bookings share a day of departure and arrival, nights of a cancelled booking, and other rooms', async () => {
    const { booking } = await hotel.bookings.create(stay);
    await hotel.bookings.create({ ...stay, start: '2027-02-06', end: '2027-02-08' });
    await hotel.bookings.create({ ...stay, room_id: 2 });
    await hotel.bookings.cancel(booking.id);
    await hotel.bookings.create(stay);
  });

  it('runs a transaction again that conflicts with another one', async () => {
    const { database } = hotel;
    const { rooms } = database.tables;
    const count = database.prepare(database.orm.select({ count: sql<number>`count(*)`.as('count') }).from(rooms));
    const insert = database.prepare(
      database.orm.insert(rooms).values({ number: sql.placeholder('number'), name: 'x' }),
    );
    const add = () =>
      database.write(
        function* () {
          const number = `n${(yield* count.get())?.count}`;
          yield* insert.run({ number });
          return number;
        },
        { isSerializable: true },
      );
    expect(new Set(await Promise.all([add(), add(), add()])).size).toBe(3);
  });
});
