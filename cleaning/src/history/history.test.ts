import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from '@hotel/sqlite/drizzle';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventOf, openTestDatabase, silent, type TestDatabase } from '../../test/stand.ts';
import { createPlanRepository } from '../plan/repository.ts';
import { startForgetting } from './history.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database[Symbol.asyncDispose]());

const today = new Date('2027-03-10T12:00:00.000Z');
const remembered = () =>
  database.sqlite.read(() =>
    database.sqlite.orm.all<{ id: string }>(sql`SELECT id FROM processed_events`).map(({ id }) => id),
  );

/** Starts, and waits until so many are left. */
async function forgetUntil(left: number): Promise<void> {
  await using _ = startForgetting({ sqlite: database.sqlite, now: () => today, log: silent, page: 2 });
  while ((await remembered()).length > left) await sleep(5);
}

it('forgets which events were processed more than 30 days ago, all of them, and no other', async () => {
  const plan = (when: string) => createPlanRepository(database.sqlite, () => new Date(when));
  for (let booking_id = 1; booking_id <= 5; booking_id++)
    await plan('2027-02-08T11:59:59.999Z').apply(eventOf('booking.created', { booking_id, room_id: booking_id }));
  const recent = eventOf('booking.created', { booking_id: 6, room_id: 6 });
  await plan('2027-02-08T12:00:00.000Z').apply(recent);
  await forgetUntil(1);
  expect(await remembered()).toEqual([recent.id]);
});

it('an event that comes again when it is forgotten changes nothing', async () => {
  const plan = createPlanRepository(database.sqlite, () => new Date('2027-01-01T00:00:00.000Z'));
  const created = eventOf('booking.created');
  await plan.apply(created);
  await plan.apply(eventOf('booking.changed', { revision: 2, end: '2027-02-07' }));
  const tasks = () => database.sqlite.read(() => database.sqlite.orm.all(sql`SELECT * FROM tasks`));
  const planned = await tasks();
  await forgetUntil(0);
  expect(await plan.apply(created)).toBe('outdated');
  expect(await tasks()).toEqual(planned);
});
