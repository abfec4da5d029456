import type { HrTime } from '@opentelemetry/api';

/** A step back longer than this means that the system clock was set. */
const SET_MS = 50;

let originMs = performance.timeOrigin;
let lastMs = 0;

/**
 * System time with microsecond resolution: the system clock gives the millisecond, the monotonic clock the fraction.
 * When the two drift apart, the monotonic clock's origin moves just far enough to be back in the system's millisecond.
 * Never goes backwards, unless the system clock is set.
 */
export function now(): HrTime {
  const monotonicMs = performance.now();
  return translate(isAligned(monotonicMs) ? monotonicMs : align());
}

/** System time of a recent `performance.now()` value, in milliseconds. */
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

/** Moves the origin; returns the monotonic time at which the two clocks now agree. */
function align(): number {
  let monotonicMs: number;
  let systemMs: number;
  // A pause of the process between the two reads would look like drift.
  do {
    monotonicMs = performance.now();
    systemMs = Date.now();
  } while (performance.now() - monotonicMs >= 1);
  const ahead = originMs + monotonicMs - systemMs;
  if (ahead < 0) originMs -= ahead;
  else if (ahead >= 1) originMs -= ahead - 0.999;
  return monotonicMs;
}
