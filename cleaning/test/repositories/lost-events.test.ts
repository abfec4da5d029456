import type { BookingEvent } from '@hotel/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlanRepository } from '../../src/plan/repository.ts';
import { createRoomRepository } from '../../src/rooms/repository.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const moved = { room_id: 2, room: '102' };
  /** Every kind of booking history. */
  const histories: Record<string, BookingEvent[]> = {
    'is changed': [eventOf('booking.created'), eventOf('booking.changed', { revision: 2, ...moved })],
    'is cancelled': [
      eventOf('booking.created'),
      eventOf('booking.changed', { revision: 2, ...moved }),
      eventOf('booking.cancelled', { revision: 3, ...moved }),
    ],
    'is checked in': [
      eventOf('booking.created'),
      eventOf('booking.changed', { revision: 2, ...moved }),
      eventOf('booking.checked_in', { revision: 3, ...moved }),
    ],
    'is checked out late': [
      eventOf('booking.created'),
      eventOf('booking.changed', { revision: 2, ...moved }),
      eventOf('booking.checked_in', { revision: 3, ...moved }),
      eventOf('booking.checked_out', { revision: 4, ...moved, departed: '2027-02-08' }),
    ],
    'is checked out early': [
      eventOf('booking.created'),
      eventOf('booking.checked_in', { revision: 2 }),
      eventOf('booking.checked_out', { revision: 3, end: '2027-02-05' }),
    ],
  };

  function subsetsOf<T>(all: T[]): T[][] {
    return all.reduce<T[][]>((subsets, one) => subsets.flatMap((subset) => [subset, [...subset, one]]), [[]]);
  }

  /** The result of applying events to an empty database. */
  async function outcomeOf(events: BookingEvent[]) {
    await database.execute('DELETE FROM tasks', 'DELETE FROM stays', 'DELETE FROM processed_events');
    const plan = createPlanRepository(database.database, () => new Date('2027-02-01T12:00:00Z'));
    let isPlanned = false;
    for (const event of events) ({ isPlanned } = await plan.apply(event));
    const rooms = createRoomRepository(database.database, () => new Date());
    return {
      isPlanned,
      tasks: await database.rows('SELECT day, room, final FROM tasks ORDER BY day, room'),
      rooms: [await rooms.state(1), await rooms.state(2)],
    };
  }

  describe('publishing the current state repairs the plan, whichever events were lost, of a booking that', () => {
    it.each(Object.entries(histories))('%s', async (_, events) => {
      const wanted = await outcomeOf(events);
      const last = events.at(-1) as BookingEvent;
      for (const subset of subsetsOf(events)) {
        for (const order of [subset, subset.toReversed()]) {
          const again = { ...last, id: eventOf('booking.created').id };
          const received = `${order.map(({ type }) => type)}`;
          expect({ received, ...(await outcomeOf([...order, again])) }).toEqual({ received, ...wanted });
        }
      }
    });
  });
});
