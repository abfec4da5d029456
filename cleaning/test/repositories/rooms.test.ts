import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlanRepository, type PlanRepository } from '../../src/plan/repository.ts';
import { createRoomRepository, type RoomRepository } from '../../src/rooms/repository.ts';
import { createTaskRepository, type TaskRepository } from '../../src/tasks/repository.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  let database: TestDatabase;
  let plan: PlanRepository;
  let tasks: TaskRepository;
  let rooms: RoomRepository;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
    plan = createPlanRepository(database.database, () => new Date());
    tasks = createTaskRepository(database.database, () => new Date());
    rooms = createRoomRepository(database.database, () => new Date());
  });
  afterEach(() => database[Symbol.asyncDispose]());

  async function finish(day: string): Promise<void> {
    for (const { id } of await tasks.list({ day, today: '2027-02-01', after: 0, limit: 200 })) await tasks.finish(id);
  }

  it('reports a room as clean until its first guest has checked in', async () => {
    expect(await rooms.state(1)).toBe('clean');
    await plan.apply(eventOf('booking.created'));
    expect(await rooms.state(1)).toBe('clean');
  });

  it('reports a room as dirty from check-in until its final clean after check-out, whatever other tasks are done', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    expect(await rooms.state(1)).toBe('dirty');
    await finish('2027-02-04');
    await finish('2027-02-05');
    expect(await rooms.state(1)).toBe('dirty');
    await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
    expect(await rooms.state(1)).toBe('dirty');
    await finish('2027-02-06');
    expect(await rooms.state(1)).toBe('clean');
  });

  it('makes a room clean by the final clean of an early check-out, not by the daily clean before it', async () => {
    await plan.apply(eventOf('booking.created'));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    await finish('2027-02-05');
    await plan.apply(eventOf('booking.checked_out', { revision: 3, end: '2027-02-05' }));
    expect(await rooms.state(1)).toBe('dirty');
    await finish('2027-02-05');
    expect(await rooms.state(1)).toBe('clean');
  });

  it('reports a room as dirty when its check-out arrives before its check-in', async () => {
    await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
    await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
    expect(await rooms.state(1)).toBe('dirty');
  });

  it('keeps a clean room clean when it is booked again, and other rooms too', async () => {
    await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
    await finish('2027-02-06');
    await plan.apply(eventOf('booking.created', { booking_id: 2, start: '2027-02-06', end: '2027-02-08' }));
    await plan.apply(eventOf('booking.checked_in', { booking_id: 3, room_id: 2, room: '102' }));
    expect(await rooms.state(1)).toBe('clean');
    expect(await rooms.state(2)).toBe('dirty');
  });

  describe('declaring a room clean', () => {
    it('makes the room clean even if the check-out never arrived', async () => {
      await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
      await rooms.declareClean(1);
      expect(await rooms.state(1)).toBe('clean');
    });

    it('does not replace the final clean when the check-out arrives after all', async () => {
      await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
      await rooms.declareClean(1);
      await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
      expect(await rooms.state(1)).toBe('dirty');
    });

    it('completes the final clean, and does not change other rooms', async () => {
      await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
      await plan.apply(eventOf('booking.checked_in', { booking_id: 3, room_id: 2, room: '102' }));
      await rooms.declareClean(1);
      const [final] = await tasks.list({ day: '2027-02-06', today: '2027-02-06', after: 2, limit: 1 });
      expect(final).toMatchObject({ final: 1, done_at: expect.any(String) });
      expect(await rooms.state(2)).toBe('dirty');
    });
  });
});
