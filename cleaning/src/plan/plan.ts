import { type BookingEventData, type Day, daysBetween, type EventType, MAX_NIGHTS, nightsOf } from '@hotel/contracts';
import type { StayStatus, Task } from '../schema.ts';

/** Status of a stay after each type of event. */
export const statusAfter: Record<EventType, StayStatus> = {
  'booking.created': 'booked',
  'booking.changed': 'booked',
  'booking.cancelled': 'cancelled',
  'booking.checked_in': 'checked_in',
  'booking.checked_out': 'checked_out',
};

export type PlannedTask = Pick<Task, 'day' | 'room_id' | 'room' | 'final'>;

/** A stay as reported by an event. */
export type ReportedStay = Pick<BookingEventData, 'room_id' | 'room' | 'start' | 'end' | 'departed'> & {
  status: StayStatus;
};

/** The first and last day of occupancy. The actual departure, early or late, overrides the booked end. */
export function daysOf({ start, end, departed = end }: Pick<ReportedStay, 'start' | 'end' | 'departed'>): {
  start: Day;
  end: Day;
} {
  return { start: departed < start ? departed : start, end: departed };
}

/**
 * Plans one clean per day of occupancy, arrival and departure included; the last is the final clean. A check-out
 * long after the booked end was recorded late, so the days in between are not planned in retrospect.
 */
export function planStay(stay: ReportedStay): PlannedTask[] {
  if (stay.status === 'cancelled') return [];
  const { room_id, room } = stay;
  const { start, end } = daysOf(stay);
  const days =
    nightsOf({ start, end }) <= MAX_NIGHTS ? daysBetween(start, end) : [...daysBetween(start, stay.end), end];
  return days.map((day) => ({ day, room_id, room, final: day === end ? 1 : 0 }));
}

/**
 * Computes the changes from a stay's current tasks to its new plan. A task whose plan is unchanged keeps its id,
 * done or not. Finished tasks stay on record unless the plan for that day has changed: the daily clean in the
 * morning does not replace the final clean after a check-out at noon.
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
