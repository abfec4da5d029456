import { earlierOf, laterOf } from '../../model.ts';
import type { Trace } from '../../store/trace.ts';
import type { Address } from './address.ts';

/** The period that the full width of a bar column represents. */
export interface Scale {
  start: bigint;
  nanos: number;
  /** Where the trace began: times are shown relative to it. */
  origin: bigint;
}

export function scaleOf(trace: Trace, zoom: Address['zoom']): Scale {
  const whole = laterOf(trace.endNano - trace.startNano, 1n);
  const from = earlierOf(zoom?.from ?? 0n, whole);
  const to = earlierOf(zoom?.to ?? whole, whole);
  // A range outside the trace shows the whole trace.
  if (to <= from) return { start: trace.startNano, nanos: Number(whole), origin: trace.startNano };
  return { start: trace.startNano + from, nanos: Number(to - from), origin: trace.startNano };
}

/** A moment as a share of the width; below 0 and above 1 outside of it. */
export const placeOf = (time: bigint, { start, nanos }: Scale): number => Number(time - start) / nanos;
