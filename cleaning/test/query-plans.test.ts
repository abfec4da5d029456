import { explain } from '@hotel/sqlite/explain';
import { expect, it } from 'vitest';
import { createDayRepository } from '../src/days/repository.ts';
import { startForgetting } from '../src/history/history.ts';
import { createPlanRepository } from '../src/plan/repository.ts';
import { createRoomRepository } from '../src/rooms/repository.ts';
import { createTaskRepository } from '../src/tasks/repository.ts';
import { eventOf, openTestDatabase, silent } from './stand.ts';

const now = () => new Date('2027-03-10T12:00:00.000Z');

it('no statement reads more the longer the history is', async () => {
  await using database = await openTestDatabase();
  const { sqlite } = database;
  const plans = await explain(sqlite, async () => {
    const plan = createPlanRepository(sqlite, now);
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.changed', { revision: 2, end: '2027-02-05' }));
    await createDayRepository(sqlite).list({ start: '2027-02-04', end: '2027-02-04', limit: 50 });
    await createRoomRepository(sqlite).state(1);
    const tasks = createTaskRepository(sqlite, now);
    const [first] = await tasks.list({ day: '2027-02-04', after: 0, limit: 50 });
    await tasks.finish(first?.id ?? 0);
    await using _ = startForgetting({ sqlite, now, log: silent });
  });
  const steps = [...plans.values()].flat();
  expect(steps.filter((step) => /^SCAN (?!json_each|CONSTANT ROW)/.test(step))).toEqual([]);
  // What has to be sorted has to be read first, all of it.
  expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
  expect(steps).toEqual(
    expect.arrayContaining([
      'SEARCH tasks USING INDEX tasks_by_day (day=? AND room=? AND rowid>?)',
      'SEARCH tasks USING INDEX tasks_by_day ((day,room)>(?,?) AND day<?)',
      'SEARCH processed_events USING PRIMARY KEY (id<?)',
    ]),
  );
});
