import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDayRepository, type DayRepository, type RoomDay } from '../../src/days/repository.ts';
import { createPlanRepository, type PlanRepository } from '../../src/plan/repository.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  let database: TestDatabase;
  let plan: PlanRepository;
  let days: DayRepository;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
    plan = createPlanRepository(database.database, () => new Date());
    days = createDayRepository(database.database);
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const february = { start: '2027-02-01', end: '2027-02-28', limit: 200 };
  const finishAll = () => database.execute("UPDATE tasks SET done_at = 'then'");

  it('lists the occupied rooms by day and room, within the range only', async () => {
    await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102', start: '2027-02-05' }));
    await plan.apply(eventOf('booking.created'));
    expect(await days.list({ start: '2027-02-05', end: '2027-02-06', limit: 200 })).toEqual([
      { day: '2027-02-05', room: '101', final: 0 },
      { day: '2027-02-05', room: '102', final: 0 },
      { day: '2027-02-06', room: '101', final: 1 },
      { day: '2027-02-06', room: '102', final: 1 },
    ]);
    expect(await days.list({ start: '2027-02-07', end: '2027-02-09', limit: 200 })).toEqual([]);
  });

  it('lists a room once, as final, on the day when one guest leaves and the next arrives', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.created', { booking_id: 2, start: '2027-02-06', end: '2027-02-07' }));
    expect(await days.list({ start: '2027-02-06', end: '2027-02-07', limit: 200 })).toEqual([
      { day: '2027-02-06', room: '101', final: 1 },
      { day: '2027-02-07', room: '101', final: 1 },
    ]);
  });

  it('lists a room as occupied even after it has been cleaned that day', async () => {
    await plan.apply(eventOf('booking.created'));
    await finishAll();
    expect(await days.list(february)).toHaveLength(3);
  });

  it('does not list the removed days of a shortened or cancelled stay, even if the room had been cleaned', async () => {
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

  describe('paging', () => {
    const book = (booking_id: number, room: string, start: string, end: string) =>
      plan.apply(eventOf('booking.created', { booking_id, room_id: booking_id, room, start, end }));

    it.each([1, 2, 3, 5])('lists the same rooms in pages of %i as in one page, each once', async (limit) => {
      await book(1, '101', '2027-02-04', '2027-02-06');
      await book(2, '102', '2027-02-05', '2027-02-07');
      // Two guests in one room on one day are one element, even where a page ends between them.
      await book(3, '101', '2027-02-06', '2027-02-08');
      const whole = await days.list(february);
      const pages: RoomDay[] = [];
      for (let page = await days.list({ ...february, limit }); page.length > 0; ) {
        pages.push(...page);
        page = await days.list({ ...february, limit, after: page.at(-1) });
      }
      expect(pages).toEqual(whole);
      expect(whole).toHaveLength(8);
    });

    it('never starts before the range, whatever the cursor is', async () => {
      await book(1, '101', '2027-02-04', '2027-02-06');
      const after = { day: '2027-01-01', room: '999' };
      expect(await days.list({ start: '2027-02-06', end: '2027-02-06', limit: 200, after })).toEqual([
        { day: '2027-02-06', room: '101', final: 1 },
      ]);
    });

    it('skips thousands of tasks of cancelled stays in steps that do not block the event loop', async () => {
      await book(1, '101', '2027-02-04', '2027-02-06');
      const numbers = 'WITH RECURSIVE n (n) AS (SELECT 1000 UNION ALL SELECT n + 1 FROM n WHERE n < 3999)';
      await database.execute(
        `${numbers} INSERT INTO stays (booking_id, revision, room_id, room, start, "end", status)
        SELECT n, 2, 1, '101', '2027-02-05', '2027-02-06', 'cancelled' FROM n`,
        `${numbers} INSERT INTO tasks (booking_id, day, room_id, room, final, done_at)
        SELECT n, '2027-02-05', 1, '101', 0, '2027-02-05T10:00:00.000Z' FROM n`,
      );
      let turns = 0;
      const count = () => {
        turns++;
        pending = setImmediate(count);
      };
      let pending = setImmediate(count);
      const found = await days.list(february);
      clearImmediate(pending);
      expect(found.map(({ day }) => day)).toEqual(['2027-02-04', '2027-02-05', '2027-02-06']);
      expect(turns).toBeGreaterThanOrEqual(6);
    });
  });
});
