import { sql } from '@hotel/sqlite/drizzle';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventOf, openTestDatabase, type TestDatabase } from '../../test/stand.ts';
import { createPlanRepository, type PlanRepository } from '../plan/repository.ts';
import { createDayRepository, type DayRepository } from './repository.ts';

let database: TestDatabase;
let plan: PlanRepository;
let days: DayRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  plan = createPlanRepository(database.sqlite, () => new Date());
  days = createDayRepository(database.sqlite);
});
afterEach(() => database[Symbol.asyncDispose]());

const february = { start: '2027-02-01', end: '2027-02-28' };
const finishAll = () => database.sqlite.write(() => database.sqlite.orm.run(sql`UPDATE tasks SET done_at = 'then'`));

it('lists the occupied rooms by day and room, within the range only', async () => {
  await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102', start: '2027-02-05' }));
  await plan.apply(eventOf('booking.created'));
  expect(await days.list({ start: '2027-02-05', end: '2027-02-06' })).toEqual([
    { day: '2027-02-05', room: '101', final: 0 },
    { day: '2027-02-05', room: '102', final: 0 },
    { day: '2027-02-06', room: '101', final: 1 },
    { day: '2027-02-06', room: '102', final: 1 },
  ]);
  expect(await days.list({ start: '2027-02-07', end: '2027-02-09' })).toEqual([]);
});

it('lists a room once on the day one guest leaves and the next one arrives, and it is a final clean', async () => {
  await plan.apply(eventOf('booking.created'));
  await plan.apply(eventOf('booking.created', { booking_id: 2, start: '2027-02-06', end: '2027-02-07' }));
  expect(await days.list({ start: '2027-02-06', end: '2027-02-07' })).toEqual([
    { day: '2027-02-06', room: '101', final: 1 },
    { day: '2027-02-07', room: '101', final: 1 },
  ]);
});

it('lists a room as occupied also when it has been cleaned that day', async () => {
  await plan.apply(eventOf('booking.created'));
  await finishAll();
  expect(await days.list(february)).toHaveLength(3);
});

it('does not list the days of a stay that was shortened or cancelled after its rooms had been cleaned', async () => {
  await plan.apply(eventOf('booking.created'));
  await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102' }));
  await finishAll();
  await plan.apply(eventOf('booking.changed', { revision: 2, start: '2027-02-05' }));
  await plan.apply(eventOf('booking.cancelled', { booking_id: 2, revision: 2, room_id: 2, room: '102' }));
  expect(await days.list(february)).toEqual([
    { day: '2027-02-05', room: '101', final: 0 },
    { day: '2027-02-06', room: '101', final: 1 },
  ]);
});
