import type { HrTime } from '@opentelemetry/api';
import { now } from '../setup/clock.ts';

/** A moment on both clocks: the monotonic one, in milliseconds, and the one for span timestamps. */
export interface Moment {
  ms: number;
  time: HrTime;
}

/** Must be taken when it happens: the span clock never goes backwards. */
export function moment(): Moment {
  return { ms: performance.now(), time: now() };
}
