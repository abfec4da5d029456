import type { ExplicitBuckets } from '../../model-metrics.ts';
import type { Instrument } from '../../store/metrics/metric-store.ts';
import { type Steps, spread } from './lines.ts';

/** The values of a histogram over time. */
export interface Heat {
  /** Edges of the rows, ascending: row n lies between edge n and edge n + 1. The outer ones may be infinite. */
  edges: number[];
  /** Counts by row and step. */
  cells: number[][];
  /** The largest count of a cell. */
  most: number;
  count: number;
}

/** More rows cannot be told apart. */
const MAX_ROWS = 24;
/** Distinct bounds of one chart; further ones fall into the next larger row. */
const MAX_BOUNDS = 2_000;

export function heatOf({ series }: Instrument, steps: Steps): Heat {
  const all = [Number.NEGATIVE_INFINITY, ...boundsOf(series), Number.POSITIVE_INFINITY];
  const cells = all.slice(1).map(() => new Array<number>(steps.count).fill(0));
  const rowOf = rowFinder(all);
  for (const interval of series.flatMap(({ intervals }) => intervals)) {
    const { bounds: own, counts } = interval.buckets ?? { bounds: [], counts: [] };
    spread(interval, steps, (step, share) => {
      for (const [index, count] of counts.entries()) {
        const row = count > 0 ? cells[rowOf(own[index] ?? Number.POSITIVE_INFINITY)] : undefined;
        if (row !== undefined) row[step] = (row[step] ?? 0) + count * share;
      }
    });
  }
  return reduced(all, cells);
}

/** Every bound of the series, ascending, up to a limit: a service may send other ones with each point. */
function boundsOf(series: Instrument['series']): number[] {
  const bounds = new Set<number>();
  for (const { intervals } of series) {
    for (const { buckets } of intervals) {
      for (const bound of buckets?.bounds ?? []) if (bounds.size < MAX_BOUNDS) bounds.add(bound);
    }
  }
  return [...bounds].sort((a, b) => a - b);
}

/** The row of a bucket by its upper bound: the first that ends there or above. `edges` ends with infinity. */
function rowFinder(edges: readonly number[]): (upper: number) => number {
  return (upper) => {
    let [low, high] = [1, edges.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((edges[middle] ?? 0) < upper) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
}

/** Without the empty rows at both ends, and with neighbours merged until they are few enough. */
function reduced(edges: number[], cells: number[][]): Heat {
  const used = cells.flatMap((row, index) => (row.some((count) => count > 0) ? [index] : []));
  const [first = 0, last = -1] = [used[0], used.at(-1)];
  const size = Math.ceil((last - first + 1) / MAX_ROWS) || 1;
  const heat: Heat = { edges: [], cells: [], most: 0, count: 0 };
  for (let row = first; row <= last; row += size) {
    const merged = cells.slice(row, Math.min(row + size, last + 1));
    heat.edges.push(edges[row] ?? 0);
    heat.cells.push((merged[0] ?? []).map((_, step) => merged.reduce((sum, counts) => sum + (counts[step] ?? 0), 0)));
    if (row + size > last) heat.edges.push(edges[last + 1] ?? 0);
  }
  for (const count of heat.cells.flat()) {
    heat.most = Math.max(heat.most, count);
    heat.count += count;
  }
  return heat;
}

/** The value below which a share of the counts lie, by step; undefined for a step without counts. */
export const quantiles = ({ edges, cells }: Heat, share: number, steps: number): Array<number | undefined> =>
  Array.from({ length: steps }, (_, step) =>
    quantile({ bounds: edges.slice(1), counts: cells.map((row) => row[step] ?? 0) }, share, edges[0] ?? 0),
  );

/**
 * Interpolated within its bucket. As in Prometheus, the lowest bucket begins at zero if its values may be positive, and
 * the highest counts as its lower edge.
 */
function quantile({ bounds, counts }: ExplicitBuckets, share: number, lowest: number): number | undefined {
  const total = counts.reduce((a, b) => a + b, 0);
  if (total <= 0) return undefined;
  let below = 0;
  for (const [index, count] of counts.entries()) {
    if (below + count >= share * total && count > 0) {
      const upper = bounds[index] ?? Number.POSITIVE_INFINITY;
      const edge = index === 0 ? lowest : (bounds[index - 1] ?? 0);
      const lower = Number.isFinite(edge) ? edge : Math.min(0, upper);
      if (!Number.isFinite(upper)) return Number.isFinite(edge) ? edge : undefined;
      return lower + ((share * total - below) / count) * (upper - lower);
    }
    below += count;
  }
  return undefined;
}

/** All counts together. */
export const overall = ({ edges, cells }: Heat, share: number): number | undefined =>
  quantile(
    { bounds: edges.slice(1), counts: cells.map((row) => row.reduce((a, b) => a + b, 0)) },
    share,
    edges[0] ?? 0,
  );
