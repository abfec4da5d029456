import type { Attributes, Origin } from './model.ts';

/**
 * How the values of an instrument are to be read. `rate`: counts of events, shown per second. `level`: a value that
 * goes up and down. `total`: a level that is added up over attributes and processes. `histogram`: counts of events by
 * size.
 */
export type InstrumentKind = 'rate' | 'level' | 'total' | 'histogram';

export interface InstrumentId {
  service: string;
  scope: string;
  name: string;
  unit: string;
  description: string;
  kind: InstrumentKind;
}

export type Temporality = 'delta' | 'cumulative';

/** Milliseconds since 1970. `startMs` is 0 if the sender does not say it. */
interface Period {
  startMs: number;
  timeMs: number;
}

/** A data point as received, without its exemplars. */
export type PointData = Period & ({ value: number } | { count: number; sum: number; buckets: Buckets });
export type DataPoint = PointData & { exemplars: Exemplar[] };

/** Counts by size: bucket n is above `bounds[n - 1]` and at most `bounds[n]`; the last one has no upper bound. */
export interface ExplicitBuckets {
  bounds: readonly number[];
  counts: readonly number[];
}

/** Bucket n holds values above base^n and at most base^(n+1), with base = 2^(2^-scale). */
export interface ExponentialBuckets {
  scale: number;
  zeroThreshold: number;
  zeroCount: number;
  positive: ReadonlyMap<number, number>;
  negative: ReadonlyMap<number, number>;
}

export type Buckets = ExplicitBuckets | ExponentialBuckets;

export interface Exemplar {
  timeMs: number;
  value: number;
  traceId: string;
  spanId: string;
}

/** A data point with the stream that it belongs to. */
export interface Measurement {
  instrument: InstrumentId;
  origin: Origin;
  attributes: Attributes;
  /** Undefined for a gauge. */
  temporality: Temporality | undefined;
  point: DataPoint;
}

/**
 * What a stream says about the time from `fromMs` to `toMs`: events of a `rate` or a `histogram` in it, or the value
 * of a level at its end.
 */
export interface Interval {
  fromMs: number;
  toMs: number;
  value: number;
  /** Of histograms only. */
  sum?: number;
  buckets?: ExplicitBuckets;
}
