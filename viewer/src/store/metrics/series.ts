import type { Attributes, Origin } from '../../model.ts';
import type { DataPoint, Exemplar, ExplicitBuckets, Interval, Measurement, Temporality } from '../../model-metrics.ts';
import { attributesBytes } from '../size.ts';
import { subtract, toExplicit } from './exponential.ts';

/** An hour at an export every five seconds. */
const MAX_INTERVALS = 720;
const MAX_EXEMPLARS = 200;
// Estimated heap bytes.
const SERIES = 1200;
const INTERVAL = 96;
const EXEMPLAR = 200;

/**
 * The intervals of one stream: one instrument, process and set of attributes. Cumulative points become the differences
 * between them, so that a restart of the counted process needs no attention later.
 */
export class Series {
  readonly origin: Origin;
  readonly attributes: Attributes;
  readonly intervals: Interval[] = [];
  readonly exemplars: Exemplar[] = [];
  private readonly isLevel: boolean;
  private readonly temporality: Temporality | undefined;
  private last: DataPoint | undefined;
  /** The current value of a sum that is sent as differences but goes up and down. */
  private total = 0;
  bytes: number;

  constructor({ origin, attributes, instrument, temporality }: Measurement) {
    this.origin = origin;
    this.attributes = attributes;
    this.isLevel = instrument.kind === 'level' || instrument.kind === 'total';
    this.temporality = temporality;
    this.bytes = SERIES + attributesBytes(attributes);
  }

  get lastMs(): number {
    return this.last?.timeMs ?? 0;
  }

  /** False for a point that is not newer than the last one. */
  add(point: DataPoint): boolean {
    const before = this.last;
    if (before !== undefined && point.timeMs <= before.timeMs) return false;
    const interval = 'value' in point && this.isLevel ? this.levelAt(point) : this.countsSince(point, before);
    this.bytes += lastBytes(point) - (before === undefined ? 0 : lastBytes(before));
    this.last = { ...point, exemplars: [] };
    if (interval !== undefined) this.push(interval);
    for (const exemplar of point.exemplars) this.keep(exemplar);
    return true;
  }

  /** Drops the older half of the intervals. False if there is nothing left to drop. */
  shrink(): boolean {
    if (this.intervals.length < 2) return false;
    this.forget(Math.ceil(this.intervals.length / 2));
    return true;
  }

  private levelAt({ timeMs, value }: DataPoint & { value: number }): Interval {
    this.total = this.temporality === 'delta' ? this.total + value : value;
    return { fromMs: this.last?.timeMs ?? timeMs, toMs: timeMs, value: this.total };
  }

  /** Undefined if it is not known since when the point counts. */
  private countsSince(point: DataPoint, before: DataPoint | undefined): Interval | undefined {
    const { startMs, timeMs } = point;
    if (this.temporality === 'delta') {
      return intervalOf(point, startMs > 0 && startMs < timeMs ? startMs : (before?.timeMs ?? timeMs));
    }
    const continues = before !== undefined && before.startMs === startMs;
    const difference = continues ? differenceOf(point, before) : undefined;
    if (difference !== undefined) return intervalOf(difference, before?.timeMs ?? timeMs);
    // The first point, or the counting began again: all of it was counted since the start, or since the last point.
    if (before === undefined && (startMs === 0 || startMs >= timeMs)) return undefined;
    return intervalOf(point, Math.max(startMs, before?.timeMs ?? 0));
  }

  private push(interval: Interval): void {
    const previous = this.intervals.at(-1);
    // Most points of a stream have the same bounds: one list serves all.
    if (interval.buckets && previous?.buckets && isEqual(interval.buckets.bounds, previous.buckets.bounds)) {
      interval.buckets = { bounds: previous.buckets.bounds, counts: interval.buckets.counts };
    }
    this.intervals.push(interval);
    this.bytes += bytesOf(interval);
    if (this.intervals.length > MAX_INTERVALS) this.forget(MAX_INTERVALS / 8);
  }

  private forget(count: number): void {
    for (const interval of this.intervals.splice(0, count)) this.bytes -= bytesOf(interval);
  }

  private keep(exemplar: Exemplar): void {
    const { exemplars } = this;
    if (exemplars.some(({ timeMs, traceId }) => timeMs === exemplar.timeMs && traceId === exemplar.traceId)) return;
    exemplars.push(exemplar);
    this.bytes += EXEMPLAR;
    if (exemplars.length > MAX_EXEMPLARS) {
      exemplars.shift();
      this.bytes -= EXEMPLAR;
    }
  }
}

/** The last point is kept for the difference to the next. */
function lastBytes(point: DataPoint): number {
  if (!('buckets' in point)) return 0;
  const { buckets } = point;
  if ('scale' in buckets) return 48 * (buckets.positive.size + buckets.negative.size);
  return 8 * (buckets.counts.length + buckets.bounds.length);
}

const bytesOf = ({ buckets }: Interval): number =>
  INTERVAL + (buckets === undefined ? 0 : 64 + 8 * (buckets.counts.length + buckets.bounds.length));

function intervalOf(point: DataPoint, fromMs: number): Interval {
  const period = { fromMs, toMs: point.timeMs };
  if ('value' in point) return { ...period, value: point.value };
  const buckets = 'scale' in point.buckets ? toExplicit(point.buckets) : point.buckets;
  return { ...period, value: point.count, sum: point.sum, buckets };
}

/** Undefined if the counting began again in between. */
function differenceOf(now: DataPoint, before: DataPoint): DataPoint | undefined {
  if ('value' in now && 'value' in before) {
    return now.value < before.value ? undefined : { ...now, value: now.value - before.value };
  }
  if ('value' in now || 'value' in before || now.count < before.count) return undefined;
  const counted = { ...now, count: now.count - before.count, sum: now.sum - before.sum };
  if ('scale' in now.buckets) {
    const buckets = 'scale' in before.buckets ? subtract(now.buckets, before.buckets) : undefined;
    return buckets && { ...counted, buckets };
  }
  if ('scale' in before.buckets || !isEqual(now.buckets.bounds, before.buckets.bounds)) return undefined;
  const earlier = before.buckets.counts;
  const counts = now.buckets.counts.map((count, index) => count - (earlier[index] ?? 0));
  if (counts.some((count) => count < 0)) return undefined;
  const buckets: ExplicitBuckets = { bounds: now.buckets.bounds, counts };
  return { ...counted, buckets };
}

const isEqual = (a: readonly number[], b: readonly number[]): boolean =>
  a === b || (a.length === b.length && a.every((value, index) => value === b[index]));
