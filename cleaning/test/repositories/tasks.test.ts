import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlanRepository, type PlanRepository } from '../../src/plan/repository.ts';
import { createTaskRepository, type TaskRepository } from '../../src/tasks/repository.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  const today = '2027-01-01';
  let database: TestDatabase;
  let plan: PlanRepository;
  let tasks: TaskRepository;
  let clock: Date;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
    clock = new Date('2027-02-06T11:00:00Z');
    plan = createPlanRepository(database.database, () => clock);
    tasks = createTaskRepository(database.database, () => clock);
  });
  afterEach(() => database[Symbol.asyncDispose]());

  async function onlyTaskOf(day: string) {
    const [task] = await tasks.list({ day, today, after: 0, limit: 1 });
    if (!task) throw new Error(`no task on ${day}`);
    return task;
  }

  it("lists a day's tasks page by page", async () => {
    for (const booking_id of [1, 2, 3]) {
      await plan.apply(eventOf('booking.created', { booking_id, room_id: booking_id, room: String(100 + booking_id) }));
    }
    const first = await tasks.list({ day: '2027-02-05', today, after: 0, limit: 2 });
    const second = await tasks.list({ day: '2027-02-05', today, after: first.at(-1)?.id ?? 0, limit: 2 });
    expect([...first, ...second].map(({ room }) => room)).toEqual(['101', '102', '103']);
  });

  it('finishes a task once, and changes nothing when repeated', async () => {
    await plan.apply(eventOf('booking.created'));
    const { id } = await onlyTaskOf('2027-02-05');
    expect(await tasks.finish(id)).toMatchObject({ isNew: true, task: { done_at: '2027-02-06T11:00:00.000Z' } });
    clock = new Date('2027-02-07T00:00:00Z');
    expect(await tasks.finish(id)).toMatchObject({ isNew: false, task: { done_at: '2027-02-06T11:00:00.000Z' } });
  });

  it('rejects a final clean until the guest has checked out', async () => {
    await plan.apply(eventOf('booking.created'));
    const { id } = await onlyTaskOf('2027-02-06');
    await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'guest_not_gone' });
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'guest_not_gone' });
    await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
    expect((await tasks.finish(id)).isNew).toBe(true);
  });

  it('does not find a task that a change has removed', async () => {
    await plan.apply(eventOf('booking.created'));
    const { id } = await onlyTaskOf('2027-02-05');
    await plan.apply(eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' }));
    await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'task_not_found' });
  });

  describe("today's list", () => {
    const daysOf = async (day: string, now = day) =>
      (await tasks.list({ day, today: now, after: 0, limit: 200 })).map(
        (task) => `${task.day}${task.final ? ' final' : ''}`,
      );

    it('includes overdue tasks while the guest is there, and the final clean of a guest who stays longer', async () => {
      await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
      await tasks.finish((await onlyTaskOf('2027-02-04')).id);
      expect(await daysOf('2027-02-06')).toEqual(['2027-02-05', '2027-02-06 final']);
      expect(await daysOf('2027-02-09')).toEqual(['2027-02-05', '2027-02-06 final']);
      expect(await daysOf('2027-02-09', '2027-02-10')).toEqual([]);
    });

    it('includes only the final clean of a guest who has left, until it is done', async () => {
      await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
      expect(await daysOf('2027-02-09')).toEqual(['2027-02-06 final']);
      const final = (await tasks.list({ day: '2027-02-09', today: '2027-02-09', after: 0, limit: 1 }))[0];
      await tasks.finish(final?.id ?? 0);
      expect(await daysOf('2027-02-09')).toEqual([]);
    });

    it('includes no tasks of guests who never arrived', async () => {
      await plan.apply(eventOf('booking.created'));
      expect(await daysOf('2027-02-05')).toEqual(['2027-02-05']);
      expect(await daysOf('2027-02-09')).toEqual([]);
    });

    it('reads many stays in steps that do not block the event loop, and sorts by id', async () => {
      const numbers = 'WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 100)';
      await database.execute(
        `${numbers} INSERT INTO stays (booking_id, revision, room_id, room, start, "end", status, dirty)
        SELECT n, 2, 1000 - n, 'x', '2027-02-04', '2027-02-20', 'checked_in', 1 FROM n`,
        ...['2027-02-04', '2027-02-05', '2027-02-06'].map(
          (day) => `${numbers} INSERT INTO tasks (booking_id, day, room_id, room, final)
          SELECT n, '${day}', 1000 - n, 'x', 0 FROM n`,
        ),
      );
      let turns = 0;
      const count = () => {
        turns++;
        pending = setImmediate(count);
      };
      let pending = setImmediate(count);
      const ids: number[] = [];
      for (let page = [0]; page.length > 0; ) {
        const found = await tasks.list({ day: '2027-02-06', today: '2027-02-06', after: ids.at(-1) ?? 0, limit: 70 });
        page = found.map(({ id }) => id);
        ids.push(...page);
      }
      clearImmediate(pending);
      expect(ids).toEqual(Array.from({ length: 300 }, (_, i) => i + 1));
      expect(turns).toBeGreaterThanOrEqual(50);
    });

    it('returns pages like other lists', async () => {
      await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
      const [first] = await tasks.list({ day: '2027-02-09', today: '2027-02-09', after: 0, limit: 1 });
      const rest = await tasks.list({ day: '2027-02-09', today: '2027-02-09', after: first?.id ?? 0, limit: 5 });
      expect([first?.day, ...rest.map(({ day }) => day)]).toEqual(['2027-02-04', '2027-02-05', '2027-02-06']);
    });
  });
});
