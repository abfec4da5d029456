import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestApps, type TestApps } from './apps.ts';

let apps: TestApps;
beforeAll(async () => {
  apps = await openTestApps({ dialect: 'postgres' });
});
afterAll(() => apps?.[Symbol.asyncDispose]());

/** Each booking gets its own year, since all tests share one database. */
let year = 2027;
const bookNext = () => {
  const stay = { room_id: 1, start: `${++year}-02-04`, end: `${year}-02-06` };
  return () => apps.ask('POST', '/api/v1/bookings', stay);
};

/** Makes the real server fail with this SQLSTATE while it inserts an event, or when it commits it. */
const failWith = (sqlstate: string, at: 'statement' | 'commit') =>
  apps.hotel.execute(`
    CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '${sqlstate}'; END $$;
    CREATE CONSTRAINT TRIGGER fail AFTER INSERT ON outbox
      DEFERRABLE INITIALLY ${at === 'commit' ? 'DEFERRED' : 'IMMEDIATE'} FOR EACH ROW EXECUTE FUNCTION fail()`);

describe.each(['statement', 'commit'] as const)('an outage of PostgreSQL that a %s meets', (at) => {
  it.each([
    ['08006', 'connection_failure', 'database_unreachable', 5],
    ['25006', 'read_only_sql_transaction', 'database_unreachable', 5],
    ['53000', 'insufficient_resources', 'database_unavailable', 10],
    ['53100', 'disk_full', 'database_full', 10],
    ['53200', 'out_of_memory', 'database_busy', 1],
    ['53300', 'too_many_connections', 'database_busy', 1],
    ['53400', 'configuration_limit_exceeded', 'database_unavailable', 10],
    ['57P01', 'admin_shutdown', 'database_unreachable', 5],
    ['57P02', 'crash_shutdown', 'database_unreachable', 5],
    ['57P03', 'cannot_connect_now', 'database_unreachable', 5],
    ['57P04', 'database_dropped', 'database_unreachable', 5],
    ['57P05', 'idle_session_timeout', 'database_unreachable', 5],
  ])('%s (%s) is a 503 with Retry-After that writes nothing, and ends with its cause', async (sqlstate, _, code, s) => {
    const book = bookNext();
    const before = await apps.hotel.outboxRows();
    await failWith(sqlstate, at);
    const { status, headers, body } = await book();
    expect({ status, type: (body as { type: string }).type, retryAfter: headers.get('retry-after') }).toEqual({
      status: 503,
      type: `urn:hotel:problem:${code}`,
      retryAfter: String(s),
    });
    expect(JSON.stringify(body)).not.toContain('no more');
    expect(await apps.hotel.outboxRows()).toEqual(before);
    await apps.hotel.execute('DROP TRIGGER fail ON outbox');
    expect((await book()).status).toBe(201);
    expect(await apps.hotel.outboxRows()).toHaveLength(before.length + 1);
  });
});
