import type { Database } from '@hotel/database';
import { sql } from '@hotel/database/drizzle';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createOutboxStore } from '../src/outbox/store.ts';
import { withTables } from '../src/schema.ts';
import { dialects, migrationsOf } from './databases.ts';
import { NOW, openTestHotel, type TestHotel } from './hotel.ts';
import { expansion, lastMigration, migrationsOfGuide, nextVersion, type Version } from './versions.ts';

function bookingsOn(opened: Database): BookingRepository {
  const database = withTables(opened);
  const store = createOutboxStore(
    database,
    () => ({}),
    () => NOW,
  );
  return createBookingRepository(database, store, () => NOW);
}

const dayOf = (day: number) => `2027-02-${String(day).padStart(2, '0')}`;
const night = (room_id: number, day: number) => ({ room_id, start: dayOf(day), end: dayOf(day + 1) });

let keys = 0;
/** Runs the statements of a guest's requests. */
async function liveAStay(bookings: BookingRepository, room_id: number, day: number): Promise<void> {
  const { booking } = await bookings.create(night(room_id, day), { caller: '', key: `${++keys}` });
  await bookings.change(booking.id, { end: dayOf(day + 2) });
  await bookings.list({ after: 0, limit: 50 });
  expect(await bookings.get(booking.id)).toMatchObject({ booking: { revision: 2, status: 'booked' } });
  await bookings.cancel(booking.id);
}

describe.each(dialects)('a schema that is newer than the code, on %s', (dialect) => {
  let hotel: TestHotel;
  let newer: Version;
  let last: string;
  beforeEach(async () => {
    hotel = await openTestHotel(dialect);
    newer = await nextVersion(dialect);
    last = await lastMigration(dialect);
    return async () => {
      await hotel[Symbol.asyncDispose]();
      await newer[Symbol.asyncDispose]();
    };
  });
  async function open(migrations: URL): Promise<Database> {
    const database = await hotel.openVersion(migrations);
    onTestFinished(() => database[Symbol.asyncDispose]());
    return database;
  }
  async function titles(): Promise<string[]> {
    const { orm, prepare } = hotel.database;
    const query = prepare(orm.select({ title: sql<string>`title`.as('title') }).from(sql`rooms`));
    return hotel.database.read(function* () {
      return ((yield* query.all()) as Array<{ title: string }>).map(({ title }) => title);
    });
  }
  const openCurrent = () => open(migrationsOf(dialect));

  it('serves code that runs while the schema is expanded, code that starts afterwards, and the new code', async () => {
    await newer.add('9001_guests.sql', await expansion(dialect));
    let isExpanded = false;
    let stays = 0;
    const meanwhile = (async () => {
      for (; !isExpanded; stays++) await liveAStay(hotel.bookings, 1 + (stays % 3), 1 + (stays % 25));
    })();
    await expect.poll(() => stays).toBeGreaterThan(1);
    const expanded = await open(newer.migrations);
    isExpanded = true;
    await meanwhile;
    const restarted = await openCurrent();

    const { booking } = await hotel.bookings.create(night(10, 1));
    await hotel.execute(`UPDATE bookings SET guests = 2 WHERE id = ${booking.id}`);
    for (const [i, database] of [hotel.database, expanded, restarted].entries()) {
      await liveAStay(bookingsOn(database), 4 + i, 1);
      await bookingsOn(database).change(booking.id, { room_id: 7 + i });
    }
    expect(await hotel.bookings.get(booking.id)).toMatchObject({ booking: { room_id: 9, revision: 4 } });
    // Older code leaves a column alone that it does not know.
    const guests = expanded.prepare(
      expanded.orm
        .select({ guests: sql<number>`guests`.as('guests') })
        .from(sql`bookings`)
        .where(sql`guests > 0`),
    );
    const read = expanded.read(function* () {
      return (yield* guests.all()) as unknown[];
    });
    expect(await read).toEqual([{ guests: 2 }]);
  });

  it('rejects code that is older than the oldest code of a contraction, and names both', async () => {
    await newer.add('9001_guests.sql', await expansion(dialect));
    await using newest = await nextVersion(dialect, newer.migrations);
    await newest.add(
      '9002_undeparted.sql',
      '-- oldest code: 9001_guests.sql\nALTER TABLE bookings DROP COLUMN departed;',
    );
    await open(newest.migrations);
    await expect(openCurrent()).rejects.toThrow(
      `a newer version wrote it: its migration 9002_undeparted.sql requires code that has 9001_guests.sql, and this version ends with ${last}`,
    );
    await open(newer.migrations);
  });

  it('changes as in the guide, and serves the releases that the guide names', async () => {
    const files = await migrationsOfGuide(dialect);
    expect(files.length).toBeGreaterThan(2);
    const releases = [migrationsOf(dialect)];
    for (const { name, source } of files) {
      const release = await nextVersion(dialect, releases.at(-1));
      onTestFinished(() => release[Symbol.asyncDispose]());
      await release.add(name, source);
      await open(release.migrations);
      const [beforeLast, previous] = [releases.at(-2), releases.at(-1) as URL];
      if (source.startsWith('-- oldest code:')) await open(previous);
      else await expect(open(previous)).rejects.toThrow('a newer version wrote it');
      if (beforeLast) await expect(open(beforeLast)).rejects.toThrow('a newer version wrote it');
      releases.push(release.migrations);
    }
    expect(await titles()).toContain('Room 101');
  });

  it('rejects older code where a migration does not name the oldest code', async () => {
    await newer.add('9001_guests.sql', 'ALTER TABLE bookings ADD COLUMN guests integer;');
    await open(newer.migrations);
    await expect(openCurrent()).rejects.toThrow(/requires code that has 9001_guests.sql/);
  });

  it('may follow one that was made before migrations named the oldest code', async () => {
    await hotel.execute('ALTER TABLE schema_migrations DROP COLUMN oldest_code');
    await openCurrent();
    await newer.add('9001_guests.sql', await expansion(dialect));
    await open(newer.migrations);
    await openCurrent();
  });
});
