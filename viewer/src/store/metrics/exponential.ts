import type { ExplicitBuckets, ExponentialBuckets } from '../../model-metrics.ts';

/** Eight buckets per doubling: finer ones cannot be told apart in a chart. */
const FINEST = 3;
const MAX_BUCKETS = 160;

/** Merges buckets until the scale is at most `scale` and their range is small enough to store. */
export function rescale(buckets: ExponentialBuckets, scale = FINEST): ExponentialBuckets {
  let { scale: current, positive, negative } = buckets;
  while (current > scale || extent(positive) > MAX_BUCKETS || extent(negative) > MAX_BUCKETS) {
    [positive, negative] = [halved(positive), halved(negative)];
    current--;
  }
  return { ...buckets, scale: current, positive, negative };
}

function extent(counts: ReadonlyMap<number, number>): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const index of counts.keys()) {
    low = Math.min(low, index);
    high = Math.max(high, index);
  }
  return high - low + 1;
}

function halved(counts: ReadonlyMap<number, number>): Map<number, number> {
  const merged = new Map<number, number>();
  for (const [index, count] of counts) {
    const into = Math.floor(index / 2);
    merged.set(into, (merged.get(into) ?? 0) + count);
  }
  return merged;
}

/** What was counted between two cumulative points; undefined if a count has decreased. */
export function subtract(now: ExponentialBuckets, before: ExponentialBuckets): ExponentialBuckets | undefined {
  const scale = Math.min(now.scale, before.scale);
  const [a, b] = [rescale(now, scale), rescale(before, scale)];
  const zeroCount = a.zeroCount - b.zeroCount;
  const [positive, negative] = [difference(a.positive, b.positive), difference(a.negative, b.negative)];
  // A larger zero threshold moves counts into the zero bucket: then only the newer point can be used.
  if (zeroCount < 0 || positive === undefined || negative === undefined || a.scale !== b.scale) return undefined;
  return { ...a, zeroCount, positive, negative };
}

function difference(now: ReadonlyMap<number, number>, before: ReadonlyMap<number, number>) {
  const result = new Map(now);
  for (const [index, count] of before) {
    const left = (now.get(index) ?? 0) - count;
    if (left < 0) return undefined;
    if (left > 0) result.set(index, left);
    else result.delete(index);
  }
  return result;
}

/** The same counts with explicit bounds. */
export function toExplicit({
  scale,
  zeroThreshold,
  zeroCount,
  positive,
  negative,
}: ExponentialBuckets): ExplicitBuckets {
  const edge = (index: number): number => 2 ** (index * 2 ** -scale);
  const [bounds, counts]: [number[], number[]] = [[], [0]];
  const extend = (upper: number, count: number): void => {
    const last = bounds.at(-1);
    // Merged buckets may end beyond the largest number: they belong to the last one, which has no end.
    if ((last !== undefined && upper <= last) || upper === Number.POSITIVE_INFINITY) {
      counts[counts.length - 1] = (counts.at(-1) ?? 0) + count;
      return;
    }
    counts[counts.length - 1] = (counts.at(-1) ?? 0) + count;
    bounds.push(upper);
    counts.push(0);
  };
  const range = (map: ReadonlyMap<number, number>): number[] => {
    if (map.size === 0) return [];
    const low = Math.min(...map.keys());
    return Array.from({ length: extent(map) }, (_, index) => low + index);
  };
  const below = range(negative).reverse();
  for (const [position, index] of below.entries()) {
    if (position === 0) extend(-edge(index + 1), 0);
    extend(-edge(index), negative.get(index) ?? 0);
  }
  if (zeroCount > 0 || below.length > 0) {
    if (below.length === 0 && zeroThreshold > 0) extend(-zeroThreshold, 0);
    extend(zeroThreshold, zeroCount);
  }
  for (const [position, index] of range(positive).entries()) {
    if (position === 0) extend(edge(index), 0);
    extend(edge(index + 1), positive.get(index) ?? 0);
  }
  return { bounds, counts };
}
