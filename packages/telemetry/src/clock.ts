import type { HrTime } from '@opentelemetry/api';

/** Further than this from the system's clock, somebody has set that: follow it. */
const MAX_DRIFT_MS = 50;

let originMs = performance.timeOrigin;

/**
 * The time, to the microsecond. The SDK starts spans at whole milliseconds, so that the statements of one transaction
 * would all begin at once and stand in any order. A span that is started with this time must be ended with it too.
 */
export function now(): HrTime {
  const monotonicMs = performance.now();
  const drift = Date.now() - (originMs + monotonicMs);
  if (Math.abs(drift) > MAX_DRIFT_MS) originMs += drift;
  const ms = originMs + monotonicMs;
  const seconds = Math.trunc(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
