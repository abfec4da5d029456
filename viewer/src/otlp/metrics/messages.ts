// Field numbers: opentelemetry-proto v1, metrics.proto and metrics_service.proto.
import { TEMPORALITIES } from '../decode/json-fields.ts';
import {
  bool,
  count,
  counts,
  type Decoded,
  double,
  doubles,
  enumeration,
  id,
  keyValues,
  MessageType,
  message,
  optionalDouble,
  optionalInteger,
  records,
  repeated,
  sint32,
  text,
  time,
  uint32,
  varints,
} from '../decode/message.ts';
import { RESOURCE_FIELDS, SCOPE_FIELDS } from '../decode/resource.ts';

const EXEMPLAR = new MessageType({
  timeUnixNano: time(2),
  asDouble: optionalDouble(3),
  spanId: id(4),
  traceId: id(5),
  asInt: optionalInteger(6),
});

const POINT_FIELDS = { startTimeUnixNano: time(2), timeUnixNano: time(3) };

const NUMBER_POINT = new MessageType({
  ...POINT_FIELDS,
  asDouble: optionalDouble(4),
  exemplars: repeated(5, EXEMPLAR),
  asInt: optionalInteger(6),
  attributes: keyValues(7),
  flags: uint32(8),
});

const HISTOGRAM_POINT = new MessageType({
  ...POINT_FIELDS,
  count: count(4),
  sum: optionalDouble(5),
  bucketCounts: counts(6),
  explicitBounds: doubles(7),
  exemplars: repeated(8, EXEMPLAR),
  attributes: keyValues(9),
  flags: uint32(10),
  min: optionalDouble(11),
  max: optionalDouble(12),
});

const BUCKETS = new MessageType({ offset: sint32(1), bucketCounts: varints(2) });

const EXPONENTIAL_POINT = new MessageType({
  ...POINT_FIELDS,
  attributes: keyValues(1),
  count: count(4),
  sum: optionalDouble(5),
  scale: sint32(6),
  zeroCount: count(7),
  positive: message(8, BUCKETS),
  negative: message(9, BUCKETS),
  flags: uint32(10),
  exemplars: repeated(11, EXEMPLAR),
  min: optionalDouble(12),
  max: optionalDouble(13),
  zeroThreshold: double(14),
});

const aggregationTemporality = enumeration(2, TEMPORALITIES);

const METRIC = new MessageType({
  name: text(1),
  description: text(2),
  unit: text(3),
  gauge: message(5, new MessageType({ dataPoints: records(1, NUMBER_POINT) })),
  sum: message(
    7,
    new MessageType({ dataPoints: records(1, NUMBER_POINT), aggregationTemporality, isMonotonic: bool(3) }),
  ),
  histogram: message(9, new MessageType({ dataPoints: records(1, HISTOGRAM_POINT), aggregationTemporality })),
  exponentialHistogram: message(
    10,
    new MessageType({ dataPoints: records(1, EXPONENTIAL_POINT), aggregationTemporality }),
  ),
  // Quantiles of a kind that cannot be added up; only its number of points is read, to report them as rejected.
  summary: message(11, new MessageType({ dataPoints: records(1, new MessageType({})) })),
});

const SCOPE_METRICS = new MessageType({ ...SCOPE_FIELDS, metrics: repeated(2, METRIC) });
const RESOURCE_METRICS = new MessageType({ ...RESOURCE_FIELDS, scopeMetrics: repeated(2, SCOPE_METRICS) });
export const REQUEST = new MessageType({ resourceMetrics: repeated(1, RESOURCE_METRICS) });

type Of<T> = T extends MessageType<infer S> ? Decoded<S> : never;

export type Request = Of<typeof REQUEST>;
export type Metric = Of<typeof METRIC>;
export type NumberPoint = Of<typeof NUMBER_POINT>;
export type HistogramPoint = Of<typeof HISTOGRAM_POINT>;
export type ExponentialPoint = Of<typeof EXPONENTIAL_POINT>;
export type Exemplar = Of<typeof EXEMPLAR>;
export type Buckets = Of<typeof BUCKETS>;
