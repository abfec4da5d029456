import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPlanRepository } from '../../src/plan/repository.ts';
import { startEventRetention } from '../../src/retention/event-ids.ts';
import { dialects, openTestDatabase, type TestDatabase } from '../databases.ts';
import { eventOf, silent } from '../fixtures.ts';

describe.each(dialects)('on %s', (dialect) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(dialect);
  });
  afterEach(() => database[Symbol.asyncDispose]());

  const today = new Date('2027-03-10T12:00:00.000Z');
  /** An id like dispo's: it starts with its timestamp. */
  const idOf = (when: string) => {
    const ms = Date.parse(when).toString(16).padStart(12, '0');
    return `${ms.slice(0, 8)}-${ms.slice(8)}-7${randomUUID().slice(15)}`;
  };
  const storedIds = async () =>
    (await database.rows<{ id: string }>('SELECT id FROM processed_events')).map(({ id }) => id);

  /** Starts the cleanup, and waits until `left` ids remain. */
  async function deleteUntil(left: number): Promise<void> {
    await using _ = startEventRetention({ database: database.database, now: () => today, log: silent, page: 2 });
    while ((await storedIds()).length > left) await sleep(5);
  }

  it('deletes exactly the ids of events processed more than 30 days ago', async () => {
    const process = async (made: string, when: string, booking_id: number) => {
      const event = { ...eventOf('booking.created', { booking_id, room_id: booking_id }), id: idOf(made) };
      await createPlanRepository(database.database, () => new Date(when)).apply(event);
      return event.id;
    };
    const [last, first] = ['2027-02-08T11:59:59.999Z', '2027-02-08T12:00:00.000Z'];
    for (let booking_id = 1; booking_id <= 5; booking_id++) await process(last, last, booking_id);
    const kept = [await process(last, first, 6), await process(first, first, 7)];
    await deleteUntil(kept.length);
    expect((await storedIds()).sort()).toEqual(kept.sort());
  });

  it('changes nothing when an event is repeated after its id was deleted', async () => {
    const old = '2027-01-01T00:00:00.000Z';
    const plan = createPlanRepository(database.database, () => new Date(old));
    const created = { ...eventOf('booking.created'), id: idOf(old) };
    await plan.apply(created);
    await plan.apply({ ...eventOf('booking.changed', { revision: 2, end: '2027-02-07' }), id: idOf(old) });
    const tasks = () => database.rows('SELECT * FROM tasks');
    const planned = await tasks();
    await deleteUntil(0);
    expect((await plan.apply(created)).outcome).toBe('outdated');
    expect(await tasks()).toEqual(planned);
  });
});
