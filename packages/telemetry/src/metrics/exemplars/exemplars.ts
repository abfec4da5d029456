import {
  type Attributes,
  type Context,
  context,
  type Histogram,
  type SpanContext,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { hrTimeToMilliseconds, type InstrumentationScope } from '@opentelemetry/core';
import {
  type DataPoint,
  DataPointType,
  type Histogram as HistogramValue,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { SCOPE_NAME } from '../../scope.ts';
import type { Environment } from '../../settings/kinds.ts';
import type { MetricSpec } from '../table.ts';

/** A measurement, and the span in which it was made. */
export interface Exemplar {
  value: number;
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Undefined outside a span, which only `always_on` records. */
  span: Pick<SpanContext, 'traceId' | 'spanId'> | undefined;
}

/** `OTEL_METRICS_EXEMPLAR_FILTER`: measurements in sampled spans only, all, or none. */
export type ExemplarFilter = 'trace_based' | 'always_on' | 'always_off';

/** @param hasSpans without spans, `trace_based` finds none */
export function exemplarFilterFrom(env: Environment, hasSpans: boolean): ExemplarFilter {
  const filter = env.OTEL_METRICS_EXEMPLAR_FILTER;
  if (filter === 'always_on' || filter === 'always_off') return filter;
  return hasSpans ? 'trace_based' : 'always_off';
}

/**
 * Combinations of attributes with exemplars, per histogram. Our adapters have a few dozen; this bounds the memory if an
 * attribute is ever less bounded than intended.
 */
const MAX_SERIES = 500;

/** The exemplars of one histogram, by bucket, of a data point. */
export type ExemplarsOf = (
  scope: InstrumentationScope,
  metric: MetricData,
  point: DataPoint<HistogramValue>,
) => Buckets;
type Buckets = ReadonlyArray<Exemplar | undefined>;
const NONE: Buckets = [];

/**
 * Exemplars of histograms, which the SDK lacks (https://github.com/open-telemetry/opentelemetry-js/issues/2594). Each
 * bucket keeps its last one, as AlignedHistogramBucketExemplarReservoir may
 * (https://opentelemetry.io/docs/specs/otel/metrics/sdk/#alignedhistogrambucketexemplarreservoir). All readers share
 * them: a reader leaves out those from before the beginning of its data point.
 */
export class Exemplars {
  private readonly filter: ExemplarFilter;
  private readonly stores = new Map<string, Store>();

  constructor(filter: ExemplarFilter) {
    this.filter = filter;
  }

  /** A histogram that also keeps exemplars. */
  from(histogram: Histogram, { name, boundaries = [], attributes: names }: MetricSpec): Histogram {
    if (this.filter === 'always_off') return histogram;
    const store = new Store(boundaries, names);
    this.stores.set(name, store);
    const isForAll = this.filter === 'always_on';
    return {
      record(value: number, attributes: Attributes = {}, here: Context = context.active()) {
        histogram.record(value, attributes, here);
        const span = trace.getSpanContext(here);
        if (isForAll || (span && (span.traceFlags & TraceFlags.SAMPLED) !== 0)) store.keep(value, attributes, span);
      },
    };
  }

  readonly of: ExemplarsOf = (scope, { descriptor, dataPointType }, point) => {
    const store = this.stores.get(descriptor.name);
    // A program's own meter may use a name of ours.
    if (!store || scope.name !== SCOPE_NAME || dataPointType !== DataPointType.HISTOGRAM) return NONE;
    const startMs = hrTimeToMilliseconds(point.startTime);
    return (store.find(point.attributes) ?? NONE).map((one) => (one && one.timeMs >= startMs ? one : undefined));
  };
}

/** The buckets of each combination of attributes, by the values of the attributes, one after the other. */
type Values = Map<unknown, Values | Array<Exemplar | undefined>>;

class Store {
  private readonly boundaries: readonly number[];
  private readonly names: readonly string[];
  private readonly values: Values = new Map();
  private series = 0;

  constructor(boundaries: readonly number[], names: readonly string[]) {
    this.boundaries = boundaries;
    // A walk has at least one step.
    this.names = names.length > 0 ? names : [''];
  }

  keep(value: number, attributes: Attributes, span: SpanContext | undefined): void {
    const buckets = this.find(attributes) ?? this.add(attributes);
    if (buckets) buckets[this.bucketOf(value)] = { value, timeMs: Date.now(), span };
  }

  /** A walk over maps takes a third of the time of building a key. */
  find(attributes: Attributes): Array<Exemplar | undefined> | undefined {
    let found: Values | Array<Exemplar | undefined> | undefined = this.values;
    for (const name of this.names) {
      if (!(found instanceof Map)) return undefined;
      found = found.get(attributes[name]);
    }
    return found instanceof Map ? undefined : found;
  }

  private add(attributes: Attributes): Array<Exemplar | undefined> | undefined {
    if (this.series >= MAX_SERIES) return undefined;
    this.series++;
    const buckets = Array.from({ length: this.boundaries.length + 1 }, (): Exemplar | undefined => undefined);
    let last = this.values;
    for (const name of this.names.slice(0, -1)) {
      const value = attributes[name];
      const next = last.get(value);
      const child: Values = next instanceof Map ? next : new Map();
      if (child !== next) last.set(value, child);
      last = child;
    }
    last.set(attributes[this.names.at(-1) ?? ''], buckets);
    return buckets;
  }

  /** Upper bounds are inclusive. */
  private bucketOf(value: number): number {
    let index = 0;
    while (index < this.boundaries.length && value > (this.boundaries[index] as number)) index++;
    return index;
  }
}
