import type { ExponentialBuckets } from '../../model-metrics.ts';
import { rescale } from '../../store/metrics/exponential.ts';
import type { Buckets, ExponentialPoint } from './messages.ts';

/** An exponential histogram that is not valid. */
export class ExponentialRefused extends Error {}

const MIN_SCALE = -10;
const MAX_SCALE = 20;
export const MAX_BUCKETS = 10_000;

/** Throws ExponentialRefused. */
export function toExponential(point: ExponentialPoint): ExponentialBuckets {
  const { scale, zeroCount, zeroThreshold } = point;
  if (scale < MIN_SCALE || scale > MAX_SCALE) {
    throw new ExponentialRefused(`the scale of an exponential histogram must be from ${MIN_SCALE} to ${MAX_SCALE}`);
  }
  if (!Number.isFinite(zeroThreshold) || zeroThreshold < 0) {
    throw new ExponentialRefused('the zero threshold must be finite and not negative');
  }
  const [positive, negative] = [point.positive, point.negative].map((buckets) => toMap(buckets, scale));
  return rescale({ scale, zeroThreshold, zeroCount, positive: positive ?? new Map(), negative: negative ?? new Map() });
}

function toMap(buckets: Buckets | undefined, scale: number): Map<number, number> {
  const counts = new Map<number, number>();
  if (buckets === undefined) return counts;
  if (buckets.bucketCounts.length > MAX_BUCKETS) {
    throw new ExponentialRefused(`an exponential histogram may have ${MAX_BUCKETS} buckets`);
  }
  for (const [index, count] of buckets.bucketCounts.entries()) {
    if (count > 0) counts.set(buckets.offset + index, count);
  }
  for (const index of counts.keys()) {
    if (!Number.isFinite(2 ** ((index + 1) * 2 ** -scale))) {
      throw new ExponentialRefused('a bucket of an exponential histogram lies beyond the largest number');
    }
  }
  return counts;
}
