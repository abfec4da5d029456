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

export function heatOf({ series }: Instrument, steps: Steps): Heat {
  const bounds = [
    ...new Set(series.flatMap(({ intervals }) => intervals.flatMap(({ buckets }) => buckets?.bounds ?? []))),
  ];
  const all = [Number.NEGATIVE_INFINITY, ...bounds.sort((a, b) => a - b), Number.POSITIVE_INFINITY];
  const cells = all.slice(1).map(() => new Array<number>(steps.count).fill(0));
  // Each bucket counts in the row that ends with its upper bound.
  const rowOf = new Map(all.slice(1).map((upper, row) => [upper, row]));
  for (const interval of series.flatMap(({ intervals }) => intervals)) {
    const { bounds: own, counts } = interval.buckets ?? { bounds: [], counts: [] };
    spread(interval, steps, (step, share) => {
      for (const [index, count] of counts.entries()) {
        const row = cells[rowOf.get(own[index] ?? Number.POSITIVE_INFINITY) ?? 0];
        if (row !== undefined && count > 0) row[step] = (row[step] ?? 0) + count * share;
      }
    });
  }
  return reduced(all, cells);
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
