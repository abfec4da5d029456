import { T0 } from './spans.ts';

/** A time as OTLP JSON has it, in seconds after `T0`. */
export const at = (seconds: number): string => `${BigInt(T0 + Math.round(seconds * 1000)) * 1_000_000n}`;

export const DELTA = 1;
export const CUMULATIVE = 2;

/** An OTLP JSON request of metrics of one process. */
export const metricRequest = (
  metrics: unknown[],
  { service = 'dispo', instance = '1' } = {},
): { resourceMetrics: unknown[] } => ({
  resourceMetrics: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: service } },
          { key: 'service.instance.id', value: { stringValue: instance } },
        ],
      },
      scopeMetrics: [{ scope: { name: 'test' }, metrics }],
    },
  ],
});

const attributes = (given: Record<string, string>): unknown =>
  Object.entries(given).map(([key, value]) => ({ key, value: { stringValue: value } }));

/** A data point, `at` seconds after `T0`. */
export interface NumberInput {
  at: number;
  value: number;
  from?: number;
  attributes?: Record<string, string>;
  [field: string]: unknown;
}

const numberPoint = ({ at: seconds, value, from = 0, attributes: given = {}, ...rest }: NumberInput) => ({
  startTimeUnixNano: at(from),
  timeUnixNano: at(seconds),
  asDouble: value,
  attributes: attributes(given),
  ...rest,
});

export const gauge = (name: string, ...points: NumberInput[]) => ({
  name,
  unit: '1',
  description: `how ${name} is`,
  gauge: { dataPoints: points.map(numberPoint) },
});

export const sum = (name: string, aggregationTemporality: number, ...points: NumberInput[]) => ({
  name,
  unit: '{request}',
  sum: { dataPoints: points.map(numberPoint), aggregationTemporality, isMonotonic: true },
});

export interface HistogramInput {
  at: number;
  counts: number[];
  bounds?: number[];
  from?: number;
  attributes?: Record<string, string>;
  exemplars?: Array<{ at: number; value: number; traceId: string; spanId: string }>;
}

const BOUNDS = [0.01, 0.1, 1];

export const histogram = (name: string, aggregationTemporality: number, ...points: HistogramInput[]) => ({
  name,
  unit: 's',
  description: 'how long requests take',
  histogram: {
    aggregationTemporality,
    dataPoints: points.map(
      ({ at: seconds, counts, bounds = BOUNDS, from = 0, attributes: given = {}, exemplars = [] }) => ({
        startTimeUnixNano: at(from),
        timeUnixNano: at(seconds),
        count: String(counts.reduce((total, count) => total + count, 0)),
        sum: counts.reduce((total, count, index) => total + count * (bounds[index] ?? 2), 0),
        bucketCounts: counts.map(String),
        explicitBounds: bounds,
        attributes: attributes(given),
        exemplars: exemplars.map(({ at: when, value, traceId, spanId }) => ({
          timeUnixNano: at(when),
          asDouble: value,
          traceId,
          spanId,
        })),
      }),
    ),
  },
});

export const exponential = (
  name: string,
  aggregationTemporality: number,
  points: Array<{ at: number; scale: number; offset: number; counts: number[]; zeroCount?: number }>,
) => ({
  name,
  unit: 's',
  exponentialHistogram: {
    aggregationTemporality,
    dataPoints: points.map(({ at: seconds, scale, offset, counts, zeroCount = 0 }) => ({
      startTimeUnixNano: at(0),
      timeUnixNano: at(seconds),
      count: String(counts.reduce((total, count) => total + count, zeroCount)),
      scale,
      zeroCount: String(zeroCount),
      positive: { offset, bucketCounts: counts.map(String) },
    })),
  },
});
