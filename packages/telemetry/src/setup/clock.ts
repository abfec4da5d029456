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
  return translate(isAligned(monotonicMs) ? monotonicMs : align());
}

/** The time of the system at a moment that `performance.now()` told, in milliseconds, a little while ago. */
export function timeOf(monotonicMs: number): HrTime {
  if (!isAligned(performance.now())) align();
  return translate(monotonicMs);
}

function translate(monotonicMs: number): HrTime {
  const ms = originMs + monotonicMs;
  lastMs = lastMs - ms > SET_MS ? ms : Math.max(lastMs, ms);
  const seconds = Math.trunc(lastMs / 1000);
  return [seconds, Math.floor((lastMs - seconds * 1000) * 1e6)];
}

function isAligned(monotonicMs: number): boolean {
  const ahead = originMs + monotonicMs - Date.now();
  return ahead >= 0 && ahead < 1;
}

/** Moves the origin, and returns the monotonic time at which the two clocks agree then. */
function align(): number {
  let monotonicMs: number;
  let systemMs: number;
  // A process that is put to sleep between its looks at the two clocks would take the sleep for a drift.
  do {
    monotonicMs = performance.now();
    systemMs = Date.now();
  } while (performance.now() - monotonicMs >= 1);
  const ahead = originMs + monotonicMs - systemMs;
  if (ahead < 0) originMs -= ahead;
  else if (ahead >= 1) originMs -= ahead - 0.999;
  return monotonicMs;
}
