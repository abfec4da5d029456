import { type BookingFacts, type Day, daysBetween, type EventType, MAX_NIGHTS, nightsOf } from '@hotel/contracts';
import type { StayStatus, Task } from '../schema.ts';

/** What a fact about a booking makes of its stay. */
export const statusAfter: Record<EventType, StayStatus> = {
  'booking.created': 'booked',
  'booking.changed': 'booked',
  'booking.cancelled': 'cancelled',
  'booking.checked_in': 'checked_in',
  'booking.checked_out': 'checked_out',
};

export type PlannedTask = Pick<Task, 'day' | 'room_id' | 'room' | 'final'>;

/** A stay as an event tells it. */
export type ToldStay = Pick<BookingFacts, 'room_id' | 'room' | 'start' | 'end' | 'departed'> & { status: StayStatus };

/** The first and the last day that somebody is there. A guest who left on another day than was booked was there until that day. */
export function daysOf({ start, end, departed = end }: Pick<ToldStay, 'start' | 'end' | 'departed'>): {
  start: Day;
  end: Day;
} {
  return { start: departed < start ? departed : start, end: departed };
}

/**
 * A clean for every day somebody is there, the days of arrival and departure included; on departure the final one. A check-out that
 * comes a year after the booking is one that somebody had forgotten: the days in between are not planned after the event.
 */
export function planStay(stay: ToldStay): PlannedTask[] {
  if (stay.status === 'cancelled') return [];
  const { room_id, room } = stay;
  const { start, end } = daysOf(stay);
  const days =
    nightsOf({ start, end }) <= MAX_NIGHTS ? daysBetween(start, end) : [...daysBetween(start, stay.end), end];
  return days.map((day) => ({ day, room_id, room, final: day === end ? 1 : 0 }));
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
