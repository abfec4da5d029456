import { describe, expect, it } from 'vitest';
import type { Task } from '../schema.ts';
import { planStay, type ReportedStay, replan } from './plan.ts';

const stay: ReportedStay = {
  room_id: 1,
  room: '101',
  start: '2027-02-04',
  end: '2027-02-06',
  status: 'booked',
};
const daysOf = (tasks: Array<{ day: string; final: number }>) => tasks.map(({ day, final }) => [day, final]);

describe('planning a stay', () => {
  it('plans a clean every day, including arrival, and the final clean on departure', () => {
    expect(planStay(stay)).toEqual([
      { day: '2027-02-04', room_id: 1, room: '101', final: 0 },
      { day: '2027-02-05', room_id: 1, room: '101', final: 0 },
      { day: '2027-02-06', room_id: 1, room: '101', final: 1 },
    ]);
  });

  it('plans only the final clean of a stay that ends on the day it starts', () => {
    expect(daysOf(planStay({ ...stay, end: '2027-02-04', status: 'checked_out' }))).toEqual([['2027-02-04', 1]]);
  });

  it('plans cleans until the check-out when the guest leaves later than booked, with the final clean on that day', () => {
    expect(daysOf(planStay({ ...stay, departed: '2027-02-08', status: 'checked_out' }))).toEqual([
      ['2027-02-04', 0],
      ['2027-02-05', 0],
      ['2027-02-06', 0],
      ['2027-02-07', 0],
      ['2027-02-08', 1],
    ]);
  });

  it('plans the final clean on the day of the check-out when the guest leaves before the first day', () => {
    const left = { ...stay, end: '2027-02-04', departed: '2027-02-01', status: 'checked_out' } as const;
    expect(daysOf(planStay(left))).toEqual([['2027-02-01', 1]]);
  });

  it.each(['2029-02-06', '9999-12-31'])(
    'plans no cleans for the days between the booked end and a check-out on %s',
    (departed) => {
      expect(daysOf(planStay({ ...stay, departed, status: 'checked_out' }))).toEqual([
        ['2027-02-04', 0],
        ['2027-02-05', 0],
        ['2027-02-06', 0],
        [departed, 1],
      ]);
    },
  );

  it('plans stays at the first and at the last supported day', () => {
    expect(daysOf(planStay({ ...stay, start: '9999-12-30', end: '9999-12-31' }))).toEqual([
      ['9999-12-30', 0],
      ['9999-12-31', 1],
    ]);
    expect(daysOf(planStay({ ...stay, start: '0000-01-01', end: '0000-01-02' }))).toEqual([
      ['0000-01-01', 0],
      ['0000-01-02', 1],
    ]);
  });

  it('plans no cleans of a cancelled stay', () => {
    expect(planStay({ ...stay, status: 'cancelled' })).toEqual([]);
  });
});

describe('replanning', () => {
  const tasksOf = (planned = planStay(stay), done: string[] = []): Task[] =>
    planned.map((task, i) => ({ ...task, id: i + 1, booking_id: 1, done_at: done.includes(task.day) ? 'then' : null }));

  it('keeps unchanged tasks with their ids', () => {
    expect(replan(tasksOf(), planStay({ ...stay, status: 'checked_in' }))).toEqual({ remove: [], add: [] });
  });

  it('replaces only the days that differ', () => {
    const { remove, add } = replan(tasksOf(), planStay({ ...stay, end: '2027-02-07' }));
    expect(daysOf(remove)).toEqual([['2027-02-06', 1]]);
    expect(daysOf(add)).toEqual([
      ['2027-02-06', 0],
      ['2027-02-07', 1],
    ]);
  });

  it('replaces every day when the room changes', () => {
    const { remove, add } = replan(tasksOf(), planStay({ ...stay, room_id: 2, room: '102' }));
    expect(remove).toHaveLength(3);
    expect(add.map(({ room }) => room)).toEqual(['102', '102', '102']);
  });

  it('keeps finished tasks of days that are no longer part of the stay', () => {
    const done = tasksOf(planStay(stay), ['2027-02-04']);
    const { remove, add } = replan(done, planStay({ ...stay, start: '2027-02-05' }));
    expect([remove, add]).toEqual([[], []]);
    expect(daysOf(replan(done, []).remove)).toEqual([
      ['2027-02-05', 0],
      ['2027-02-06', 1],
    ]);
  });

  it('adds the final clean even when the daily clean of that day has been done', () => {
    const left = planStay({ ...stay, end: '2027-02-05', status: 'checked_out' });
    const { remove, add } = replan(tasksOf(planStay(stay), ['2027-02-05']), left);
    expect(daysOf(remove)).toEqual([
      ['2027-02-05', 0],
      ['2027-02-06', 1],
    ]);
    expect(daysOf(add)).toEqual([['2027-02-05', 1]]);
  });
});
