import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asDatabase, openSqlite, type Sqlite } from '@hotel/sqlite';
import { explain } from '@hotel/sqlite/explain';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDayRepository } from '../src/days/repository.ts';
import { createDeleteStaysBefore } from '../src/plan/delete-stays.ts';
import { createPlanRepository } from '../src/plan/repository.ts';
import { startEventRetention } from '../src/retention/event-ids.ts';
import { createRoomRepository } from '../src/rooms/repository.ts';
import { withTables } from '../src/schema.ts';
import { createTaskRepository } from '../src/tasks/repository.ts';
import { eventOf, silent } from './fixtures.ts';

const now = () => new Date('2027-03-10T12:00:00.000Z');

let folder: string;
let sqlite: Sqlite;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  sqlite = await openSqlite({
    file: join(folder, 'cleaning.sqlite'),
    migrations: new URL('../migrations/sqlite/', import.meta.url),
    namespace: 'cleaning',
    synchronous: 'NORMAL',
  });
});
afterEach(async () => {
  await sqlite[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it('reads no more rows per statement as the history grows', async () => {
  const database = withTables(asDatabase(sqlite));
  const plans = await explain(sqlite, async () => {
    const plan = createPlanRepository(database, now);
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.changed', { revision: 2, end: '2027-02-05' }));
    await createDayRepository(database).list({ start: '2027-02-04', end: '2027-02-04', limit: 50 });
    await plan.apply(eventOf('booking.checked_out', { booking_id: 2, room_id: 2, room: '102', revision: 3 }));
    const rooms = createRoomRepository(database, now);
    await rooms.state(1);
    await rooms.dirty(200);
    await rooms.declareClean(1);
    const tasks = createTaskRepository(database, now);
    const [first] = await tasks.list({ day: '2027-02-04', today: '2027-02-04', after: 0, limit: 50 });
    await tasks.list({ day: '2027-02-04', today: '2027-02-05', after: 0, limit: 50 });
    await tasks.finish(first?.id ?? 0);
    await createDeleteStaysBefore(database)('0198c5a0-0000-7000-8000-00000000e0c1', 0);
    await using _ = startEventRetention({ database, now, log: silent });
  });
  const steps = [...plans.values()].flat();
  // The index stays_dirty has one row per room that waits for a final clean.
  const bounded = /^SCAN (?!json_each|CONSTANT ROW|stays USING (COVERING )?INDEX stays_dirty)/;
  expect(steps.filter((step) => bounded.test(step))).toEqual([]);
  // Sorting reads all rows first. That is fine for the overdue tasks of a few stays, but not for a list.
  const sorted = [...plans].filter(
    ([source, all]) => all.some((step) => step.includes('TEMP B-TREE')) && !/json_each/.test(source),
  );
  expect(sorted).toEqual([]);
  expect(steps).toEqual(
    expect.arrayContaining([
      'SEARCH tasks USING INDEX tasks_by_day (day=? AND room=? AND rowid>?)',
      'SEARCH tasks USING INDEX tasks_by_day ((day,room)>(?,?) AND day<?)',
      'SEARCH processed_events USING PRIMARY KEY (id<?)',
    ]),
  );
});
