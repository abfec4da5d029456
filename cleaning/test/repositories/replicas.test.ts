import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlanRepository, type PlanRepository } from '../../src/plan/repository.ts';
import { startEventRetention } from '../../src/retention/event-ids.ts';
import { createTaskRepository, type TaskRepository } from '../../src/tasks/repository.ts';
import { openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf, silent } from '../fixtures.ts';

const ROUNDS = 20;
const now = () => new Date('2027-02-06T12:00:00Z');
const rounds = Array.from({ length: ROUNDS }, (_, i) => i + 1);

describe('replicas that share a database', () => {
  let database: TestDatabase;
  let plans: [PlanRepository, PlanRepository];
  let tasks: [TaskRepository, TaskRepository];
  beforeEach(async () => {
    database = await openTestDatabase('postgres');
    const replica = await database.openReplica();
    plans = [createPlanRepository(database.database, now), createPlanRepository(replica, now)];
    tasks = [createTaskRepository(database.database, now), createTaskRepository(replica, now)];
  });
  afterEach(() => database[Symbol.asyncDispose]());

  it('apply an event once, and both report it as planned', async () => {
    for (const booking_id of rounds) {
      const event = eventOf('booking.created', { booking_id });
      const results = await Promise.all(plans.map((plan) => plan.apply(event)));
      expect(results.map(({ outcome }) => outcome).sort()).toEqual(['applied', 'duplicate']);
      expect(results.map(({ isPlanned }) => isPlanned)).toEqual([true, true]);
    }
  });

  it('end in the state of the highest revision of a booking', async () => {
    for (const booking_id of rounds) {
      const [one, other] = plans;
      await one.apply(eventOf('booking.created', { booking_id }));
      await Promise.all([
        other.apply(eventOf('booking.changed', { booking_id, revision: 2, end: '2027-02-08' })),
        one.apply(eventOf('booking.changed', { booking_id, revision: 3, room_id: 2, room: '102' })),
      ]);
    }
    const wrong = await database.rows(
      `SELECT stays.booking_id, stays.revision, tasks.day, tasks.room FROM stays LEFT JOIN tasks ON tasks.booking_id = stays.booking_id
       WHERE stays.revision <> 3 OR tasks.room <> '102' OR tasks.day > '2027-02-06'`,
    );
    expect(wrong).toEqual([]);
    expect(await database.rows('SELECT CAST(count(*) AS integer) AS count FROM tasks')).toEqual([
      { count: 3 * ROUNDS },
    ]);
  });

  it('never replace the state of a booking by an earlier one', async () => {
    for (const booking_id of rounds) {
      const [one, other] = plans;
      await one.apply(eventOf('booking.created', { booking_id }));
      await Promise.all([
        one.apply(eventOf('booking.checked_out', { booking_id, revision: 3 })),
        other.apply(eventOf('booking.checked_in', { booking_id, revision: 2 })),
      ]);
    }
    expect(await database.rows("SELECT booking_id FROM stays WHERE status <> 'checked_out'")).toEqual([]);
  });

  it('keep a task that is finished while its stay is shortened', async () => {
    for (const booking_id of rounds) {
      const [one, other] = plans;
      await one.apply(eventOf('booking.created', { booking_id }));
      const [first] = await database.rows<{ id: number }>(
        `SELECT id FROM tasks WHERE booking_id = ${booking_id} AND day = '2027-02-04'`,
      );
      const id = first?.id ?? 0;
      const [finished] = await Promise.allSettled([
        tasks[0].finish(id),
        other.apply(eventOf('booking.changed', { booking_id, revision: 2, start: '2027-02-05' })),
      ]);
      const kept = await database.rows(`SELECT id FROM tasks WHERE id = ${id}`);
      expect(kept).toHaveLength(finished.status === 'fulfilled' ? 1 : 0);
    }
  });

  it('finish a task once', async () => {
    await plans[0].apply(eventOf('booking.created'));
    const [first] = await database.rows<{ id: number }>('SELECT id FROM tasks ORDER BY day');
    const results = await Promise.all([...tasks, ...tasks].map((repository) => repository.finish(first?.id ?? 0)));
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('leave a room dirty only after its last guest when they publish its history', async () => {
    for (const room_id of rounds) {
      const left = (booking_id: number, end: string) =>
        eventOf('booking.checked_out', { booking_id, revision: 3, room_id, room: String(room_id), end });
      await Promise.all([
        plans[0].apply(left(2 * room_id, '2027-02-05')),
        plans[1].apply(left(2 * room_id + 1, '2027-02-06')),
      ]);
    }
    const dirty = await database.rows<{ booking_id: number }>(
      'SELECT booking_id FROM stays WHERE dirty = 1 ORDER BY booking_id',
    );
    expect(dirty.map(({ booking_id }) => booking_id)).toEqual(rounds.map((room_id) => 2 * room_id + 1));
  });

  it('share the deletion of expired event ids', async () => {
    const ids = Array.from(
      { length: 60 },
      (_, i) => `('0168c5f0-0000-7000-8000-${String(i).padStart(12, '0')}', '2019-01-01')`,
    );
    await database.execute(`INSERT INTO processed_events (id, processed_at) VALUES ${ids.join(', ')}`);
    const options = { now, log: silent, page: 5 };
    await using _one = startEventRetention({ ...options, database: database.database });
    await using _other = startEventRetention({ ...options, database: await database.openReplica() });
    await expect.poll(() => database.rows('SELECT id FROM processed_events')).toEqual([]);
  });
});
