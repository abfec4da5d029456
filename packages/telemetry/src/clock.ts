import type { HrTime } from '@opentelemetry/api';

/** A step back that is longer than this was made by somebody who set the clock. */
const SET_MS = 50;

let originMs = performance.timeOrigin;
let lastMs = 0;

/**
 * The time of the system, to the microsecond: its clock tells the millisecond, and the monotonic clock where in it we
 * are. Wherever the two have drifted apart, the monotonic one is moved by as little as puts it into the system's
 * millisecond again. Unless somebody sets the clock, no moment is before the one that was asked for last.
 */
export function now(): HrTime {
  const monotonicMs = performance.now();
  return translate(monotonicMs, monotonicMs);
}

/** The time of the system at a moment that `performance.now()` told, in milliseconds, a little while ago. */
export function timeOf(monotonicMs: number): HrTime {
  return translate(monotonicMs, performance.now());
}

function translate(monotonicMs: number, nowMs: number): HrTime {
  const ahead = originMs + nowMs - Date.now();
  if (ahead < 0) originMs -= ahead;
  else if (ahead >= 1) originMs -= ahead - 0.999;
  const ms = originMs + monotonicMs;
  lastMs = lastMs - ms > SET_MS ? ms : Math.max(lastMs, ms);
  const seconds = Math.trunc(lastMs / 1000);
  return [seconds, Math.floor((lastMs - seconds * 1000) * 1e6)];
}
