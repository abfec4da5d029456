import type { HrTime } from '@opentelemetry/api';
import { now } from '../setup/clock.ts';

/** A moment on both clocks: the one that measures, in milliseconds, and the one that spans are dated by. */
export interface Moment {
  ms: number;
  time: HrTime;
}

/** Noted when it is there: asked for later, the clock of spans would not go back to it. */
export function moment(): Moment {
  return { ms: performance.now(), time: now() };
}
