import { sql } from '@hotel/database/drizzle';
import { within } from '@hotel/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHotel, type TestHotel } from './hotel.ts';

const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
const POOL_SIZE = 10;
const busy = { code: 'database_busy' };

let hotel: TestHotel;
beforeEach(async () => {
  hotel = await openTestHotel('postgres');
});
afterEach(() => hotel[Symbol.asyncDispose]());

/** A read that takes a connection for some seconds. */
function sleepFor(seconds: number): Promise<void> {
  const { orm, prepare, read } = hotel.database;
  const slept = sql<string>`pg_sleep(${sql.raw(String(seconds))})::text`.as('slept');
  const sleep = prepare(orm.select({ slept }).from(sql`(SELECT 1) AS one`));
  return read(function* () {
    yield* sleep.get();
  });
}

/** Less than the limit of a statement. */
const LONG_S = 7;
const takeAllConnections = (seconds = LONG_S) =>
  Promise.allSettled(Array.from({ length: POOL_SIZE }, () => sleepFor(seconds)));
/** Ends everything that sleeps. */
const wake = () =>
  hotel.execute(
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()`,
  );

/** Resolves once another session has locked the room, with a promise for the end of its transaction. */
async function lockRoom(): Promise<{ unlocked: Promise<unknown> }> {
  const unlocked = Promise.allSettled([
    hotel.execute(
      `BEGIN; SELECT FROM rooms WHERE id = 1 FOR UPDATE; SELECT pg_advisory_lock(1); SELECT pg_sleep(${LONG_S}); COMMIT`,
    ),
  ]);
  const { orm, prepare, read } = hotel.database;
  const locks = prepare(
    orm
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(
        sql`pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      ),
  );
  await expect
    .poll(() =>
      read(function* () {
        return (yield* locks.get())?.count;
      }),
    )
    .toBe(1);
  return { unlocked };
}

describe('a request on PostgreSQL ends at its deadline as busy', () => {
  it('while it waits for a connection', async () => {
    const taken = takeAllConnections();
    await expect(within(1_000, () => hotel.bookings.list({ after: 0, limit: 1 }))).rejects.toMatchObject(busy);
    await wake();
    await taken;
  });

  it('while it waits for a lock', async () => {
    const { unlocked } = await lockRoom();
    await expect(within(1_000, () => hotel.bookings.create(stay))).rejects.toMatchObject(busy);
    await wake();
    await unlocked;
  });

  it('while it waits for a connection and then for a lock', async () => {
    const { unlocked } = await lockRoom();
    const taken = takeAllConnections(1);
    await expect(within(2_000, () => hotel.bookings.create(stay))).rejects.toMatchObject(busy);
    await wake();
    await Promise.all([unlocked, taken]);
  });

  it('while it reads', async () => {
    await expect(within(1_000, () => sleepFor(LONG_S))).rejects.toMatchObject(busy);
  });

  it('before it sends a statement, if no time is left', async () => {
    await expect(within(0, () => hotel.bookings.create(stay))).rejects.toMatchObject(busy);
    const late = within(1_000, () =>
      hotel.database.write(function* () {
        yield* hotel.database.currentEpoch();
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100);
        yield* hotel.database.currentEpoch();
      }),
    );
    await expect(late).rejects.toMatchObject(busy);
  });
});

it('a request that reached its deadline leaves no transaction, lock or shorter limit behind', async () => {
  const { unlocked } = await lockRoom();
  const late = Array.from({ length: POOL_SIZE }, (_, i) =>
    i % 2 === 0 ? within(1_000, () => hotel.bookings.create(stay)) : within(1_000, () => sleepFor(LONG_S)),
  );
  for (const outcome of await Promise.allSettled(late)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: busy });
  }
  await wake();
  await unlocked;
  for (const { status } of await takeAllConnections(1.5)) expect(status).toBe('fulfilled');
  const { events } = await hotel.bookings.create(stay);
  expect(await hotel.outboxRows()).toEqual(events);
});
