import type { Database } from '@hotel/database';
import { sql } from '@hotel/database/drizzle';
import { openPostgres } from '@hotel/postgres';
import { execute, type OwnServer, startServer } from '@hotel/postgres/test';
import { within } from '@hotel/runtime';
import { startLink } from '@hotel/system/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRoomRepository } from '../src/rooms/repository.ts';
import { withTables } from '../src/schema.ts';
import { openOn } from './databases.ts';
import { NOW, openTestHotel } from './hotel.ts';

let server: OwnServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server[Symbol.asyncDispose]());
const run = (source: string, database = 'postgres') => execute(server.url(database), source);

const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };

/** A read that takes a connection for some seconds. */
function sleepFor(database: Database, seconds: number): () => Promise<void> {
  const sleep = database.prepare(
    database.orm
      .select({ slept: sql<string>`pg_sleep(${sql.raw(String(seconds))})::text`.as('slept') })
      .from(sql`(SELECT 1) AS one`),
  );
  return () =>
    database.read(function* () {
      yield* sleep.get();
    });
}

/** Acts once the server runs a statement that sleeps. */
async function whileItSleeps(database: Database, act: () => Promise<void>): Promise<void> {
  const sleeping = database.prepare(
    database.orm
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(sql`pg_stat_activity WHERE wait_event = 'PgSleep'`),
  );
  await expect
    .poll(() =>
      database.read(function* () {
        return (yield* sleeping.get())?.count;
      }),
    )
    .toBe(1);
  await act();
}

it('ten processes that start at once on an empty database migrate it once, and number its rooms from 1 to 10', async () => {
  await run('CREATE DATABASE fresh');
  const opened = await Promise.all(Array.from({ length: 10 }, () => openOn(server.url('fresh'))));
  await Promise.all(
    opened.map(async (database) => {
      await createRoomRepository(withTables(database), () => NOW).seed();
    }),
  );
  const epochs = await Promise.all(opened.map(async (database) => (await database.epoch()).epoch));
  expect(new Set(epochs).size).toBe(1);
  const rooms = await createRoomRepository(withTables(opened[0] as Database), () => NOW).list({ after: 0, limit: 50 });
  expect(rooms.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const database of opened) await database[Symbol.asyncDispose]();
});

describe('a database that cannot be used is reported at the start', () => {
  const open = (url: string) =>
    openPostgres({
      url,
      setting: 'DISPO_DATABASE_URL',
      migrations: new URL('../migrations/postgres/', import.meta.url),
      poolSize: 1,
      applicationName: 'dispo',
    });

  it.each<[string, (url: URL) => void, RegExp]>([
    ['a wrong password', (url) => (url.password = 'wrong'), /password authentication failed/],
    ['an unknown database', (url) => (url.pathname = '/nowhere'), /database "nowhere" does not exist/],
    ['a server that does not listen', (url) => (url.port = '1'), /ECONNREFUSED/],
    ['a server without TLS', (url) => (url.search = 'sslmode=require'), /does not support SSL/],
  ])('%s', async (_, change, message) => {
    const url = new URL(server.url('postgres'));
    change(url);
    await expect(open(url.href)).rejects.toThrow(message);
    await expect(open(url.href)).rejects.toThrow(/of DISPO_DATABASE_URL cannot be used/);
    await expect(open(url.href)).rejects.not.toThrow(/hotel:/);
  });

  it('a schema that a newer version wrote', async () => {
    await run('CREATE DATABASE newer');
    await (await openOn(server.url('newer')))[Symbol.asyncDispose]();
    await run(`INSERT INTO schema_migrations (name) VALUES ('9999_later.sql')`, 'newer');
    await expect(open(server.url('newer'))).rejects.toThrow(/a newer version wrote it: .*9999_later.sql/);
  });

  it('a server that is read-only', async () => {
    await run('CREATE DATABASE standby');
    await run('ALTER DATABASE standby SET default_transaction_read_only = on');
    await expect(open(server.url('standby'))).rejects.toThrow(/read-only/);
  });
});

describe('a server that goes away', () => {
  it('is reported as unreachable, and used again when it is back', async () => {
    await using hotel = await openTestHotel(server);
    await server.kill('SIGKILL');
    await expect(hotel.bookings.create(stay)).rejects.toMatchObject({ code: 'database_unreachable' });
    await expect(hotel.database.check()).rejects.toMatchObject({ code: 'database_unreachable' });
    await server.start();
    await expect.poll(() => hotel.database.check().catch(String)).toBe('takes writes');
    await hotel.bookings.create(stay);
  });

  it('rejects the statement that it was running, and leaves the process running', async () => {
    await using hotel = await openTestHotel(server);
    const [outcome] = await Promise.allSettled([
      sleepFor(hotel.database, 9)(),
      whileItSleeps(hotel.database, () => server.kill('SIGKILL')),
    ]);
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'database_unreachable' } });
    await server.start();
    await expect.poll(() => hotel.database.check().catch(String)).toBe('takes writes');
  });

  it('is reported as unreachable by the first request that it does not answer, and by no other one', async () => {
    await run('CREATE DATABASE linked');
    await using link = await startLink(server.port);
    const url = server.url('linked').replace(`:${server.port}/`, `:${link.port}/`);
    await using database = await openOn(url);
    // As many connections as the pool may have.
    await Promise.all(Array.from({ length: 10 }, sleepFor(database, 0.5)));
    link.mute();
    await expect(within(1_000, () => database.epoch())).rejects.toMatchObject({ code: 'database_unreachable' });
    for (let request = 0; request < 10; request++) expect(await database.check()).toBe('takes writes');
  });
});

it('an exhausted pool rejects requests as busy', async () => {
  await using hotel = await openTestHotel(server);
  const held = Promise.allSettled(Array.from({ length: 10 }, sleepFor(hotel.database, 9)));
  await expect(hotel.bookings.get(1)).rejects.toMatchObject({ code: 'database_busy' });
  await run(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
  await held;
});
