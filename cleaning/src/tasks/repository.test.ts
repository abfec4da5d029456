import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventOf, openTestDatabase, type TestDatabase } from '../../test/stand.ts';
import { createPlanRepository, type PlanRepository } from '../plan/repository.ts';
import { createTaskRepository, type TaskRepository } from './repository.ts';

let database: TestDatabase;
let plan: PlanRepository;
let tasks: TaskRepository;
let clock: Date;
beforeEach(async () => {
  database = await openTestDatabase();
  clock = new Date('2027-02-06T11:00:00Z');
  plan = createPlanRepository(database.sqlite, () => clock);
  tasks = createTaskRepository(database.sqlite, () => clock);
});
afterEach(() => database[Symbol.asyncDispose]());

async function onlyTaskOf(day: string) {
  const [task] = await tasks.list({ day, after: 0, limit: 1 });
  if (!task) throw new Error(`no task on ${day}`);
  return task;
}

it("lists a day's tasks page by page", async () => {
  for (const booking_id of [1, 2, 3]) {
    await plan.apply(eventOf('booking.created', { booking_id, room_id: booking_id, room: String(100 + booking_id) }));
  }
  const first = await tasks.list({ day: '2027-02-05', after: 0, limit: 2 });
  const second = await tasks.list({ day: '2027-02-05', after: first.at(-1)?.id ?? 0, limit: 2 });
  expect([...first, ...second].map(({ room }) => room)).toEqual(['101', '102', '103']);
});

it('finishes a task once: the second time it is as it was', async () => {
  await plan.apply(eventOf('booking.created'));
  const { id } = await onlyTaskOf('2027-02-05');
  expect(await tasks.finish(id)).toMatchObject({ isNew: true, task: { done_at: '2027-02-06T11:00:00.000Z' } });
  clock = new Date('2027-02-07T00:00:00Z');
  expect(await tasks.finish(id)).toMatchObject({ isNew: false, task: { done_at: '2027-02-06T11:00:00.000Z' } });
});

it('refuses a final clean while the guest is not gone, and takes it afterwards', async () => {
  await plan.apply(eventOf('booking.created'));
  const { id } = await onlyTaskOf('2027-02-06');
  await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'guest_not_gone' });
  await plan.apply(eventOf('booking.checked_in', { revision: 2 }));
  await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'guest_not_gone' });
  await plan.apply(eventOf('booking.checked_out', { revision: 3 }));
  expect((await tasks.finish(id)).isNew).toBe(true);
});

it('does not know a task that a change has taken away', async () => {
  await plan.apply(eventOf('booking.created'));
  const { id } = await onlyTaskOf('2027-02-05');
  await plan.apply(eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' }));
  await expect(tasks.finish(id)).rejects.toMatchObject({ code: 'task_not_found' });
});
