import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeleteStaysBefore } from '../../src/plan/delete-stays.ts';
import { createPlanRepository, type PlanRepository } from '../../src/plan/repository.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  let database: TestDatabase;
  let plan: PlanRepository;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
    plan = createPlanRepository(database.database, () => new Date('2027-01-30T09:15:00Z'));
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const tasks = () =>
    database.rows<{ id: number; day: string; room: string; final: number }>(
      'SELECT id, day, room, final FROM tasks ORDER BY day',
    );
  const planned = async () => (await tasks()).map(({ day, room, final }) => `${day} ${room}${final ? ' final' : ''}`);
  const stay = async () => (await database.rows('SELECT * FROM stays'))[0];

  const outcomeOf = async (event: Parameters<PlanRepository['apply']>[0]) => (await plan.apply(event)).outcome;

  const asBooked = ['2027-02-04 101', '2027-02-05 101', '2027-02-06 101 final'];

  it('plans a booking', async () => {
    expect(await outcomeOf(eventOf('booking.created'))).toBe('applied');
    expect(await planned()).toEqual(asBooked);
    expect(await stay()).toEqual({
      booking_id: 1,
      revision: 1,
      room_id: 1,
      room: '101',
      start: '2027-02-04',
      end: '2027-02-06',
      status: 'booked',
      epoch: '',
      dirty: 0,
    });
  });

  it('plans a stay of a year', async () => {
    await plan.apply(eventOf('booking.created', { start: '2027-01-01', end: '2028-01-02' }));
    expect(await planned()).toHaveLength(367);
  });

  it('plans a booking whose ids and revision are as large as an event can have them', async () => {
    const largest = Number.MAX_SAFE_INTEGER;
    const event = eventOf('booking.created', { booking_id: largest, room_id: largest, revision: largest });
    expect(await outcomeOf(event)).toBe('applied');
    expect(await planned()).toEqual(asBooked);
    expect(await stay()).toMatchObject({ booking_id: largest, room_id: largest, revision: largest });
  });

  it('applies an event once, even when it is delivered twice at the same time', async () => {
    const created = eventOf('booking.created');
    expect(await Promise.all([outcomeOf(created), outcomeOf(created)])).toEqual(['applied', 'duplicate']);
    const before = await tasks();
    expect(await outcomeOf(created)).toBe('duplicate');
    expect(await tasks()).toEqual(before);
  });

  describe('applying events in any order', () => {
    const created = eventOf('booking.created');
    const moved = eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' });
    const arrived = eventOf('booking.checked_in', { revision: 3, room_id: 2, room: '102' });
    const left = eventOf('booking.checked_out', { revision: 4, room_id: 2, room: '102', end: '2027-02-05' });

    it.each([[[created, moved, arrived, left]], [[left, arrived, moved, created]], [[moved, left, created, arrived]]])(
      'ends in the state of the highest revision',
      async (events) => {
        for (const event of events) await plan.apply(event);
        expect(await planned()).toEqual(['2027-02-04 102', '2027-02-05 102 final']);
        expect(await stay()).toMatchObject({ revision: 4, status: 'checked_out', end: '2027-02-05' });
      },
    );

    it('treats an event as outdated when its revision is not above the planned one', async () => {
      await plan.apply(moved);
      expect(await outcomeOf(created)).toBe('outdated');
      expect(await outcomeOf(eventOf('booking.changed', { revision: 2, room: '103' }))).toBe('outdated');
      expect(await outcomeOf(created)).toBe('duplicate');
      expect(await planned()).toEqual(['2027-02-04 102', '2027-02-05 102', '2027-02-06 102 final']);
    });

    it('does not undo a cancellation by a creation that arrives later', async () => {
      await plan.apply(eventOf('booking.cancelled', { revision: 2 }));
      expect(await outcomeOf(created)).toBe('outdated');
      expect(await planned()).toEqual([]);
    });
  });

  it('replaces the tasks on a change, and removes them on a cancellation', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.changed', { revision: 2, start: '2027-02-05', end: '2027-02-07' }));
    expect(await planned()).toEqual(['2027-02-05 101', '2027-02-06 101', '2027-02-07 101 final']);
    await plan.apply(eventOf('booking.cancelled', { revision: 3, start: '2027-02-05', end: '2027-02-07' }));
    expect(await planned()).toEqual([]);
  });

  it('changes no task on a check-in', async () => {
    await plan.apply(eventOf('booking.created'));
    const before = await tasks();
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    expect(await tasks()).toEqual(before);
  });

  it('moves the final clean to the day of an early check-out', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    await plan.apply(eventOf('booking.checked_out', { revision: 3, end: '2027-02-04' }));
    expect(await planned()).toEqual(['2027-02-04 101 final']);
  });

  it('never reuses the id of a removed task', async () => {
    await plan.apply(eventOf('booking.created'));
    const before = (await tasks()).map(({ id }) => id);
    await plan.apply(eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' }));
    for (const { id } of await tasks()) expect(before).not.toContain(id);
  });

  it('does not change other bookings', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102', end: '2027-02-05' }));
    await plan.apply(eventOf('booking.cancelled', { booking_id: 2, revision: 2 }));
    expect(await planned()).toEqual(asBooked);
  });

  describe('a check-out on a day other than booked', () => {
    beforeEach(async () => {
      await plan.apply(eventOf('booking.created'));
      await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    });

    it('moves the final clean to the day of a late check-out', async () => {
      await plan.apply(eventOf('booking.checked_out', { revision: 3, departed: '2027-02-08' }));
      expect(await planned()).toEqual([
        ...asBooked.slice(0, 2),
        '2027-02-06 101',
        '2027-02-07 101',
        '2027-02-08 101 final',
      ]);
      expect(await stay()).toMatchObject({ start: '2027-02-04', end: '2027-02-08', dirty: 1 });
    });

    it('moves the final clean to the day of a check-out before the first day', async () => {
      await plan.apply(eventOf('booking.checked_out', { revision: 3, end: '2027-02-04', departed: '2027-02-01' }));
      expect(await planned()).toEqual(['2027-02-01 101 final']);
      expect(await stay()).toMatchObject({ start: '2027-02-01', end: '2027-02-01' });
    });
  });

  describe('epochs', () => {
    const first = '0198c5a0-0000-7000-8000-00000000e0c1';
    const second = '0198c5a1-0000-7000-8000-00000000e0c2';

    it('overwrites a higher revision of an earlier epoch by a lower revision of a later epoch, but not vice versa', async () => {
      await plan.apply(eventOf('booking.changed', { revision: 5, epoch: first }));
      expect(await outcomeOf(eventOf('booking.created', { revision: 1, epoch: second, end: '2027-02-05' }))).toBe(
        'applied',
      );
      expect(await plan.apply(eventOf('booking.changed', { revision: 6, epoch: first }))).toEqual({
        outcome: 'outdated',
        isPlanned: false,
        epoch: second,
      });
      expect(await stay()).toMatchObject({ revision: 1, epoch: second, end: '2027-02-05' });
    });

    it("treats an event without an epoch as one of the stay's epoch", async () => {
      await plan.apply(eventOf('booking.changed', { revision: 5, epoch: first }));
      expect(await outcomeOf(eventOf('booking.changed', { revision: 4 }))).toBe('outdated');
      expect(await outcomeOf(eventOf('booking.changed', { revision: 6 }))).toBe('applied');
      expect(await stay()).toMatchObject({ revision: 6, epoch: first });
    });

    it('overwrites a stay without an epoch by an event with one', async () => {
      await plan.apply(eventOf('booking.changed', { revision: 5 }));
      expect(await outcomeOf(eventOf('booking.changed', { revision: 5, epoch: first }))).toBe('applied');
    });

    it('treats an outdated event as planned only if it repeats the plan', async () => {
      await plan.apply(eventOf('booking.created', { epoch: first }));
      expect(await plan.apply(eventOf('booking.created', { epoch: first }))).toMatchObject({
        outcome: 'outdated',
        isPlanned: true,
      });
      const other = eventOf('booking.created', { epoch: first, room_id: 2, room: '102' });
      expect(await plan.apply(other)).toMatchObject({ outcome: 'outdated', isPlanned: false, epoch: first });
      // The callback may have failed: a repeated event is still not planned.
      expect(await plan.apply(other)).toMatchObject({ outcome: 'duplicate', isPlanned: false });
    });

    it('keeps a cleaned room clean when its check-out is published again', async () => {
      await plan.apply(eventOf('booking.checked_out', { revision: 3, epoch: first }));
      await database.execute('UPDATE stays SET dirty = 0');
      await plan.apply(eventOf('booking.checked_out', { revision: 3, epoch: second }));
      expect(await stay()).toMatchObject({ epoch: second, dirty: 0 });
    });

    it('leaves a room dirty only after its last guest when its history is published to an empty plan', async () => {
      const past = (booking_id: number, start: string, end: string) =>
        plan.apply(eventOf('booking.checked_out', { booking_id, revision: 3, epoch: first, start, end }));
      await past(1, '2026-01-01', '2026-01-05');
      await past(2, '2026-03-01', '2026-03-05');
      await past(3, '2026-02-01', '2026-02-05');
      expect(await database.rows('SELECT booking_id FROM stays WHERE dirty = 1')).toEqual([{ booking_id: 2 }]);
    });

    it('deletes stays of earlier epochs on demand, page by page', async () => {
      const deleteStaysBefore = createDeleteStaysBefore(database.database);
      await plan.apply(eventOf('booking.created', { epoch: first }));
      await plan.apply(eventOf('booking.created', { booking_id: 2, room_id: 2, room: '102', epoch: second }));
      expect(await deleteStaysBefore(second, 0)).toEqual({ forgotten: 1, after: 2, isLast: true });
      expect(await deleteStaysBefore(second, 0)).toEqual({ forgotten: 0, after: 2, isLast: true });
      expect(await planned()).toEqual(['2027-02-04 102', '2027-02-05 102', '2027-02-06 102 final']);
    });
  });
});
