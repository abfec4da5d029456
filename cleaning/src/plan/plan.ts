import { daysBetween, type EventType } from '@hotel/contracts';
import type { Stay, StayStatus, Task } from '../schema.ts';

/** What a fact about a booking makes of its stay. */
export const statusAfter: Record<EventType, StayStatus> = {
  'booking.created': 'booked',
  'booking.changed': 'booked',
  'booking.cancelled': 'cancelled',
  'booking.checked_in': 'checked_in',
  'booking.checked_out': 'checked_out',
};

export type PlannedTask = Pick<Task, 'day' | 'room_id' | 'room' | 'final'>;

/** A clean for every day somebody is there, the days of arrival and departure included; on departure the final one. */
export function planStay(stay: Pick<Stay, 'room_id' | 'room' | 'start' | 'end' | 'status'>): PlannedTask[] {
  if (stay.status === 'cancelled') return [];
  const { room_id, room, start, end } = stay;
  return daysBetween(start, end).map((day) => ({ day, room_id, room, final: day === end ? 1 : 0 }));
}

/**
 * How the tasks of a stay become what is planned now. One that is planned as it was stays the task it is, done or not. What has
 * been done stays on record, unless the same day now asks for something else: the daily clean of the morning is not the
 * final clean after a check-out at noon.
 */
export function replan(existing: Task[], planned: PlannedTask[]): { remove: Task[]; add: PlannedTask[] } {
  const wanted = new Map(planned.map((task) => [task.day, task]));
  const isKept = (task: Task) => {
    const other = wanted.get(task.day);
    if (!other) return task.done_at !== null;
    return other.room_id === task.room_id && other.room === task.room && other.final === task.final;
  };
  const kept = new Set(existing.filter(isKept).map(({ day }) => day));
  return {
    remove: existing.filter((task) => !kept.has(task.day)),
    add: planned.filter((task) => !kept.has(task.day)),
  };
}
