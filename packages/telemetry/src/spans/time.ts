import type { HrTime, TimeInput } from '@opentelemetry/api';
import { addHrTimes, hrTime, isTimeInputHrTime, millisToHrTime } from '@opentelemetry/core';
import { now } from '../setup/clock.ts';

/**
 * A time that a caller of the API may give: milliseconds since 1970 or from `performance.now()`, a `Date`, or an
 * `HrTime`. Without one, the current time: measured from `start` if `startedMs` is its value of `performance.now()`.
 */
export function timeFrom(time: TimeInput | undefined, start?: HrTime, startedMs?: number): HrTime {
  if (typeof time === 'number') {
    const monotonicMs = performance.now();
    if (time > monotonicMs) return millisToHrTime(time);
    return hrTime(time + Date.now() - (monotonicMs + performance.timeOrigin));
  }
  if (time instanceof Date) return millisToHrTime(time.getTime());
  if (isTimeInputHrTime(time)) return time;
  return start && startedMs !== undefined ? addHrTimes(start, millisToHrTime(performance.now() - startedMs)) : now();
}

export function isBefore(a: HrTime, b: HrTime): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}
