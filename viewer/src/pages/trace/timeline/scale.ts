import { earlierOf, laterOf } from '../../../model.ts';
import type { Trace } from '../../../store/trace.ts';
import type { Address } from '../address.ts';

/** The time range of the full width of the bar column. */
export interface Scale {
  start: bigint;
  nanos: number;
  /** Start of the trace, to which displayed times are relative. */
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

/** A time as a share of the width; below 0 or above 1 if outside. */
export const placeOf = (time: bigint, { start, nanos }: Scale): number => Number(time - start) / nanos;
