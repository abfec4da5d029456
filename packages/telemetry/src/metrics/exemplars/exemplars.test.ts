import { type Context, ROOT_CONTEXT, type SpanContext, TraceFlags, trace } from '@opentelemetry/api';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type HistogramMetricData,
  MeterProvider,
  MetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DecodedMetric, decodeMetrics } from '../../../test/metrics-protobuf.ts';
import { SCOPE_NAME } from '../../scope.ts';
import type { MetricSpec } from '../table.ts';
import { type Exemplar, type ExemplarFilter, Exemplars, exemplarFilterFrom } from './exemplars.ts';
import { openMetrics } from './openmetrics.ts';
import { withExemplars } from './otlp.ts';

const spec: MetricSpec = {
  ...{ name: 'wait', kind: 'histogram', unit: 's', description: 'A "wait"' },
  ...{ attributes: ['queue', 'error.type'], boundaries: [0.5, 1, 30] },
};
const NOW = new Date('2027-02-04T10:00:00.250Z');
afterEach(() => void vi.useRealTimers());

class Reader extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

function start(filter: ExemplarFilter = 'trace_based', temporality = AggregationTemporality.CUMULATIVE) {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  const exemplars = new Exemplars(filter);
  const reader = new Reader({ aggregationTemporalitySelector: () => temporality });
  const provider = new MeterProvider({ resource: resourceFromAttributes({ 'service.name': 'a' }), readers: [reader] });
  const meterOf = (scope: string) => provider.getMeter(scope, '1.0.0');
  const create = (scope: string) =>
    meterOf(scope).createHistogram(spec.name, {
      ...{ unit: spec.unit, description: spec.description },
      advice: { explicitBucketBoundaries: spec.boundaries ?? [] },
    });
  const plain = create(SCOPE_NAME);
  const collect = async () => (await reader.collect()).resourceMetrics;
  /** The exemplars of each data point, by bucket. */
  const found = async () => pointsIn(await collect()).map((point) => exemplars.of(...point));
  return { exemplars, plain, histogram: exemplars.from(plain, spec), create, meterOf, collect, found };
}

function pointsIn({ scopeMetrics }: ResourceMetrics): Array<Parameters<Exemplars['of']>> {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics
      .filter((metric): metric is HistogramMetricData => metric.dataPointType === DataPointType.HISTOGRAM)
      .flatMap((metric) => metric.dataPoints.map((point): Parameters<Exemplars['of']> => [scope, metric, point])),
  );
}

const span = (number: number, traceFlags: number = TraceFlags.SAMPLED): SpanContext => ({
  ...{ traceId: String(number).padStart(32, '0'), spanId: String(number).padStart(16, '0'), traceFlags },
});
const within = (number: number, flags?: number): Context => trace.setSpanContext(ROOT_CONTEXT, span(number, flags));
const exemplar = (value: number, number: number, timeMs = NOW.getTime()): Exemplar => {
  const { traceId, spanId } = span(number);
  return { value, timeMs, span: expect.objectContaining({ traceId, spanId }) };
};

describe('a histogram with exemplars', () => {
  it('keeps the last sampled measurement of each bucket, and its upper bounds are inclusive', async () => {
    const { histogram, found } = start();
    for (const [index, value] of [0, 0.5, 1, 30, 30.1, 0.7].entries()) histogram.record(value, {}, within(index));
    expect(await found()).toEqual([[exemplar(0.5, 1), exemplar(0.7, 5), exemplar(30, 3), exemplar(30.1, 4)]]);
  });

  it('keeps none of unsampled spans and outside of spans', async () => {
    const { histogram, found } = start();
    histogram.record(1, {}, within(1, TraceFlags.NONE));
    histogram.record(1, {}, ROOT_CONTEXT);
    histogram.record(1);
    expect((await found()).flat().filter(Boolean)).toEqual([]);
  });

  it('keeps all with always_on, those outside of spans without ids', async () => {
    const { histogram, found } = start('always_on');
    histogram.record(0.1, {}, within(1, TraceFlags.NONE));
    histogram.record(0.7, {}, ROOT_CONTEXT);
    expect((await found()).flat().filter(Boolean)).toEqual([
      exemplar(0.1, 1),
      { value: 0.7, timeMs: NOW.getTime(), span: undefined },
    ]);
  });

  it('is the plain one with always_off', () => {
    const { plain, histogram } = start('always_off');
    expect(histogram).toBe(plain);
  });

  it('keeps the combinations of its attributes apart', async () => {
    const { histogram, found } = start();
    const combinations = [{ queue: 'ab' }, { queue: 'a', 'error.type': 'b' }, { 'error.type': 'ab' }, {}];
    for (const [index, attributes] of combinations.entries()) histogram.record(2, attributes, within(index));
    expect((await found()).map((buckets) => buckets[2])).toEqual([0, 1, 2, 3].map((index) => exemplar(2, index)));
  });

  it('without attributes has exemplars too', async () => {
    const { exemplars, plain, collect } = start();
    exemplars.from(plain, { ...spec, attributes: [] }).record(2, {}, within(1));
    expect(pointsIn(await collect()).map((point) => exemplars.of(...point)[2])).toEqual([exemplar(2, 1)]);
  });

  it('bounds the combinations that it keeps exemplars of', async () => {
    const { histogram, found } = start();
    for (let index = 0; index < 1_500; index++) histogram.record(2, { queue: `q${index}` }, within(index));
    const buckets = await found();
    expect(buckets).toHaveLength(1_500);
    expect(buckets.filter((some) => some.some(Boolean))).toHaveLength(500);
  });

  it('gives a reader of deltas each exemplar in its own interval only', async () => {
    const { histogram, found } = start('trace_based', AggregationTemporality.DELTA);
    histogram.record(2, {}, within(1));
    vi.setSystemTime(NOW.getTime() + 500);
    expect((await found()).flat().filter(Boolean)).toEqual([exemplar(2, 1)]);
    vi.setSystemTime(NOW.getTime() + 1_000);
    histogram.record(0.7, {}, within(2));
    vi.setSystemTime(NOW.getTime() + 2_000);
    expect((await found()).flat().filter(Boolean)).toEqual([exemplar(0.7, 2, NOW.getTime() + 1_000)]);
  });

  it('shares no exemplar with a histogram of the same name from another meter', async () => {
    const { histogram, create, collect, exemplars } = start();
    histogram.record(2, {}, within(1));
    create('mine').record(2, {}, within(2));
    const scopes = pointsIn(await collect()).map((point) => [
      point[0].name,
      exemplars.of(...point).filter(Boolean).length,
    ]);
    expect(scopes).toEqual([
      [SCOPE_NAME, 1],
      ['mine', 0],
    ]);
  });
});

it.each([
  [undefined, true, 'trace_based'],
  ['trace_based', true, 'trace_based'],
  ['trace_based', false, 'always_off'],
  [undefined, false, 'always_off'],
  ['always_on', false, 'always_on'],
  ['always_off', true, 'always_off'],
])('with OTEL_METRICS_EXEMPLAR_FILTER=%s and spans=%s the filter is %s', (value, hasSpans, filter) => {
  expect(exemplarFilterFrom({ OTEL_METRICS_EXEMPLAR_FILTER: value }, hasSpans)).toBe(filter);
});

it('OpenMetrics contains each family once, exemplars in their buckets, and the end', async () => {
  const { histogram, meterOf, collect, exemplars } = start();
  histogram.record(0.7, { queue: 'a"b\\c\nd' }, within(7));
  meterOf('mine').createCounter('jobs.done', { unit: '{job}', description: 'Jobs' }).add(2, { 'a.b': true });
  meterOf('other').createCounter('jobs.done', { unit: '{job}', description: 'Jobs' }).add(3, { 'a.b': false });
  meterOf('other').createGauge('jobs').record(Number.POSITIVE_INFINITY);
  meterOf('third').createCounter('cpu', { unit: 's' }).add(1.5);
  const labels = 'queue="a\\"b\\\\c\\nd"';
  const ids = `trace_id="${'7'.padStart(32, '0')}",span_id="${'7'.padStart(16, '0')}"`;
  expect(openMetrics(await collect(), exemplars.of)).toBe(
    [
      '# TYPE target info',
      '# HELP target Target metadata',
      'target_info{service_name="a"} 1',
      '# TYPE wait_seconds histogram',
      '# UNIT wait_seconds seconds',
      '# HELP wait_seconds A \\"wait\\"',
      `wait_seconds_bucket{${labels},le="0.5"} 0`,
      `wait_seconds_bucket{${labels},le="1.0"} 1 # {${ids}} 0.7 ${NOW.getTime() / 1_000}`,
      `wait_seconds_bucket{${labels},le="30.0"} 1`,
      `wait_seconds_bucket{${labels},le="+Inf"} 1`,
      `wait_seconds_count{${labels}} 1`,
      `wait_seconds_sum{${labels}} 0.7`,
      '# TYPE jobs_done counter',
      '# HELP jobs_done Jobs',
      'jobs_done_total{a_b="true"} 2',
      'jobs_done_total{a_b="false"} 3',
      '# TYPE jobs gauge',
      'jobs +Inf',
      '# TYPE cpu_seconds counter',
      '# UNIT cpu_seconds seconds',
      'cpu_seconds_total 1.5',
      '# EOF',
      '',
    ].join('\n'),
  );
});

describe('OTLP', () => {
  async function request() {
    const started = start('always_on');
    const { histogram, create, meterOf } = started;
    histogram.record(0.7, { queue: 'a' }, within(7));
    histogram.record(40, { queue: 'a' }, ROOT_CONTEXT);
    create('mine').record(2, {}, within(1));
    histogram.record(2, { queue: 'b' }, within(8));
    meterOf('mine').createCounter('jobs').add(1);
    return { metrics: await started.collect(), of: started.exemplars.of };
  }
  const timeUnixNano = `${NOW.getTime()}000000`;
  const { traceId, spanId } = { traceId: '7'.padStart(32, '0'), spanId: '7'.padStart(16, '0') };
  const second = { traceId: '8'.padStart(32, '0'), spanId: '8'.padStart(16, '0'), timeUnixNano, asDouble: 2 };
  const expected = [
    [
      { traceId, spanId, timeUnixNano, asDouble: 0.7 },
      { timeUnixNano, asDouble: 40 },
    ],
    [second],
    undefined,
  ];
  const exemplarsIn = (metrics: DecodedMetric[]) =>
    metrics.flatMap(({ histogram }) => histogram?.dataPoints ?? []).map((point) => point.exemplars);

  it('in protobuf has the exemplars, and otherwise what the SDK writes', async () => {
    const { metrics, of } = await request();
    const bytes = withExemplars(ProtobufMetricsSerializer, 'protobuf', of).serializeRequest(metrics) ?? Buffer.of();
    expect(exemplarsIn(decodeMetrics(bytes))).toEqual(expected);
    const plain = ProtobufMetricsSerializer.serializeRequest(metrics) ?? Buffer.of();
    const without = (all: DecodedMetric[]) =>
      JSON.parse(JSON.stringify(all, (key, value) => (key === 'exemplars' ? undefined : value)));
    expect(without(decodeMetrics(bytes))).toEqual(decodeMetrics(plain));
    expect(withExemplars(ProtobufMetricsSerializer, 'protobuf', () => []).serializeRequest(metrics)).toEqual(plain);
  });

  it('in JSON has the same exemplars', async () => {
    const { metrics, of } = await request();
    const bytes = withExemplars(JsonMetricsSerializer, 'json', of).serializeRequest(metrics);
    const { resourceMetrics } = JSON.parse(new TextDecoder().decode(bytes)) as {
      resourceMetrics: Array<{ scopeMetrics: Array<{ metrics: DecodedMetric[] }> }>;
    };
    const all = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics));
    expect(exemplarsIn(all)).toEqual(expected);
  });
});
