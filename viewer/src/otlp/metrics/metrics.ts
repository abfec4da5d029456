import type { Attributes, Origin } from '../../model.ts';
import type { Buckets, Exemplar, InstrumentKind, Measurement, PointData, Temporality } from '../../model-metrics.ts';
import type { Json } from '../decode/json-fields.ts';
import type { Context } from '../decode/message.ts';
import { Reader } from '../decode/reader.ts';
import { toAttributes, toOrigin } from '../decode/resource.ts';
import { ExponentialRefused, MAX_BUCKETS, toExponential } from './exponential.ts';
import * as messages from './messages.ts';

/** A data point that is not valid, and why. */
interface Refused {
  refused: string;
}

export type Read = Measurement | Refused;

/** Decodes an ExportMetricsServiceRequest. Throws MalformedError before using any of it. */
export const readMetrics = (body: Buffer, context: Context): Read[] =>
  toMeasurements(messages.REQUEST.fromWire(new Reader(body), context), context);

export const readMetricsJson = (requests: Json[], context: Context): Read[] =>
  requests.flatMap((request) => toMeasurements(messages.REQUEST.fromJson(request, 'the request', context), context));

const toMeasurements = ({ resourceMetrics }: messages.Request, context: Context): Read[] =>
  resourceMetrics.flatMap((ofResource) =>
    ofResource.scopeMetrics.flatMap((ofScope) => {
      const origin = toOrigin(ofResource, ofScope, context.pool);
      return ofScope.metrics.flatMap((metric) => readMetric(metric, origin, context));
    }),
  );

const NO_TEMPORALITY = 'the aggregation temporality must be delta or cumulative';
const TEMPORALITIES: Array<Temporality | undefined> = [undefined, 'delta', 'cumulative'];
/** The sender has no value for this time. */
const NO_VALUE = 1;

type Point = messages.NumberPoint | messages.HistogramPoint | messages.ExponentialPoint;

function readMetric(metric: messages.Metric, origin: Origin, context: Context): Read[] {
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric;
  const read = <P extends Point>(
    kind: InstrumentKind,
    points: P[],
    temporality: Temporality | undefined,
    convert: (point: P) => PointData | Refused,
  ): Read[] =>
    points
      .filter(({ flags }) => (flags & NO_VALUE) === 0)
      .map((point) => {
        if (metric.name === '') return { refused: 'a metric must have a name' };
        if (temporality === undefined && kind !== 'level') return { refused: NO_TEMPORALITY };
        if (point.timeUnixNano === 0n) return { refused: 'a data point must have a time' };
        const data = convert(point);
        if ('refused' in data) return data;
        const attributes: Attributes = toAttributes(point.attributes, context.pool);
        const { name, unit, description } = metric;
        const instrument = { service: origin.service, scope: origin.scope.name, name, unit, description, kind };
        const exemplars = point.exemplars.map(toExemplar).filter((exemplar) => exemplar !== undefined);
        return { instrument, origin, attributes, temporality, point: { ...data, exemplars } };
      });
  const temporalityOf = ({ aggregationTemporality }: { aggregationTemporality: number }) =>
    TEMPORALITIES[aggregationTemporality];
  return [
    ...(gauge === undefined ? [] : read('level', gauge.dataPoints, undefined, toNumber)),
    ...(sum === undefined
      ? []
      : read(sum.isMonotonic ? 'rate' : 'total', sum.dataPoints, temporalityOf(sum), toNumber)),
    ...(histogram === undefined ? [] : read('histogram', histogram.dataPoints, temporalityOf(histogram), toHistogram)),
    ...(exponentialHistogram === undefined
      ? []
      : read('histogram', exponentialHistogram.dataPoints, temporalityOf(exponentialHistogram), fromExponential)),
    ...(summary?.dataPoints ?? []).map(() => ({ refused: 'summaries are not supported: send histograms' })),
  ];
}

const periodOf = ({ startTimeUnixNano, timeUnixNano }: Point) => ({
  startMs: Number(startTimeUnixNano) / 1e6,
  timeMs: Number(timeUnixNano) / 1e6,
});

function toNumber(point: messages.NumberPoint): PointData | Refused {
  const value = point.asDouble ?? point.asInt;
  if (value === undefined) return { refused: 'a data point must have a value' };
  if (!Number.isFinite(value)) return { refused: 'a value must be finite' };
  return { ...periodOf(point), value };
}

function toHistogram(point: messages.HistogramPoint): PointData | Refused {
  const { explicitBounds: bounds, bucketCounts: counts } = point;
  // Without buckets, count and sum still say something.
  const buckets =
    counts.length === 0 && bounds.length === 0 ? { bounds: [], counts: [point.count] } : { bounds, counts };
  if (buckets.counts.length > MAX_BUCKETS) return { refused: `a histogram may have ${MAX_BUCKETS} buckets` };
  if (buckets.counts.length !== bounds.length + 1) {
    return {
      refused: `a histogram of ${bounds.length} bounds must have ${bounds.length + 1} counts, got ${counts.length}`,
    };
  }
  if (
    bounds.some((bound, index) => !Number.isFinite(bound) || bound <= (bounds[index - 1] ?? Number.NEGATIVE_INFINITY))
  ) {
    return { refused: 'the bounds of a histogram must be finite and increase' };
  }
  return histogramOf(point, buckets);
}

function fromExponential(point: messages.ExponentialPoint): PointData | Refused {
  try {
    return histogramOf(point, toExponential(point));
  } catch (error) {
    if (error instanceof ExponentialRefused) return { refused: error.message };
    throw error;
  }
}

function histogramOf(
  point: messages.HistogramPoint | messages.ExponentialPoint,
  buckets: Buckets,
): PointData | Refused {
  const sum = point.sum ?? 0;
  if (!Number.isFinite(sum)) return { refused: 'the sum of a histogram must be finite' };
  return { ...periodOf(point), count: point.count, sum, buckets };
}

/** Undefined without a trace to open. */
function toExemplar({ timeUnixNano, asDouble, asInt, traceId, spanId }: messages.Exemplar): Exemplar | undefined {
  const value = asDouble ?? asInt;
  if (value === undefined || !Number.isFinite(value) || !/^[0-9a-f]{32}$/.test(traceId) || /^0+$/.test(traceId)) {
    return undefined;
  }
  return { timeMs: Number(timeUnixNano) / 1e6, value, traceId, spanId: /^[0-9a-f]{16}$/.test(spanId) ? spanId : '' };
}
