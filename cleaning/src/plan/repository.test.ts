import { sql } from '@hotel/sqlite/drizzle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventOf, openTestDatabase, type TestDatabase } from '../../test/stand.ts';
import { createPlanRepository, type PlanRepository } from './repository.ts';

let database: TestDatabase;
let plan: PlanRepository;
beforeEach(async () => {
  database = await openTestDatabase();
  plan = createPlanRepository(database.sqlite, () => new Date('2027-01-30T09:15:00Z'));
});
afterEach(() => database[Symbol.asyncDispose]());

const rows = <T>(query: string) => database.sqlite.read(() => database.sqlite.orm.all<T>(sql.raw(query)));
const tasks = () =>
  rows<{ id: number; day: string; room: string; final: number }>('SELECT id, day, room, final FROM tasks ORDER BY day');
const planned = async () => (await tasks()).map(({ day, room, final }) => `${day} ${room}${final ? ' final' : ''}`);
const stay = async () => (await rows('SELECT * FROM stays'))[0];

const asBooked = ['2027-02-04 101', '2027-02-05 101', '2027-02-06 101 final'];

it('plans a booking', async () => {
  expect(await plan.apply(eventOf('booking.created'))).toBe('applied');
  expect(await planned()).toEqual(asBooked);
  expect(await stay()).toEqual({
    booking_id: 1,
    revision: 1,
    room_id: 1,
    room: '101',
    start: '2027-02-04',
    end: '2027-02-06',
    status: 'booked',
  });
});

it('plans a stay of a year', async () => {
  await plan.apply(eventOf('booking.created', { start: '2027-01-01', end: '2028-01-02' }));
  expect(await planned()).toHaveLength(367);
});

it('has the effect of an event once, however often it comes, also when it comes twice at the same time', async () => {
  const created = eventOf('booking.created');
  expect(await Promise.all([plan.apply(created), plan.apply(created)])).toEqual(['applied', 'duplicate']);
  const before = await tasks();
  expect(await plan.apply(created)).toBe('duplicate');
  expect(await tasks()).toEqual(before);
});

describe('whatever the order in which events come', () => {
  const created = eventOf('booking.created');
  const moved = eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' });
  const arrived = eventOf('booking.checked_in', { revision: 3, room_id: 2, room: '102' });
  const left = eventOf('booking.checked_out', { revision: 4, room_id: 2, room: '102', end: '2027-02-05' });

  it.each([[[created, moved, arrived, left]], [[left, arrived, moved, created]], [[moved, left, created, arrived]]])(
    'the highest revision holds',
    async (events) => {
      for (const event of events) await plan.apply(event);
      expect(await planned()).toEqual(['2027-02-04 102', '2027-02-05 102 final']);
      expect(await stay()).toMatchObject({ revision: 4, status: 'checked_out', end: '2027-02-05' });
    },
  );

  it('an earlier revision is outdated, and so is another event of the same one', async () => {
    await plan.apply(moved);
    expect(await plan.apply(created)).toBe('outdated');
    expect(await plan.apply(eventOf('booking.changed', { revision: 2, room: '103' }))).toBe('outdated');
    expect(await plan.apply(created)).toBe('duplicate');
    expect(await planned()).toEqual(['2027-02-04 102', '2027-02-05 102', '2027-02-06 102 final']);
  });

  it('a cancellation is not undone by the creation that comes after it', async () => {
    await plan.apply(eventOf('booking.cancelled', { revision: 2 }));
    expect(await plan.apply(created)).toBe('outdated');
    expect(await planned()).toEqual([]);
  });
});

it('a change replaces the tasks, and a cancellation takes them away', async () => {
  await plan.apply(eventOf('booking.created'));
  await plan.apply(eventOf('booking.changed', { revision: 2, start: '2027-02-05', end: '2027-02-07' }));
  expect(await planned()).toEqual(['2027-02-05 101', '2027-02-06 101', '2027-02-07 101 final']);
  await plan.apply(eventOf('booking.cancelled', { revision: 3, start: '2027-02-05', end: '2027-02-07' }));
  expect(await planned()).toEqual([]);
});

it('a check-in leaves every task as it is', async () => {
  await plan.apply(eventOf('booking.created'));
  const before = await tasks();
  await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
  expect(await tasks()).toEqual(before);
});

it('an early check-out moves the final clean to that day', async () => {
  await plan.apply(eventOf('booking.created'));
  await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
  await plan.apply(eventOf('booking.checked_out', { revision: 3, end: '2027-02-04' }));
  expect(await planned()).toEqual(['2027-02-04 101 final']);
});

it('never gives the id of a task that is gone to another one', async () => {
  await plan.apply(eventOf('booking.created'));
  const before = (await tasks()).map(({ id }) => id);
  await plan.apply(eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' }));
  for (const { id } of await tasks()) expect(before).not.toContain(id);
});

it('leaves other bookings alone', async () => {
  await plan.apply(eventOf('booking.created'));
  await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102', end: '2027-02-05' }));
  await plan.apply(eventOf('booking.cancelled', { booking_id: 2, revision: 2 }));
  expect(await planned()).toEqual(asBooked);
});
