import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { expect, it } from 'vitest';
import { withBoundedAttributes } from './bounded.ts';

class Reader extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

it('bounds the combinations of attributes of an instrument over all collections, and loses no measurement', async () => {
  const reader = new Reader();
  const provider = new MeterProvider({ resource: resourceFromAttributes({}), readers: [reader] });
  const meter = withBoundedAttributes(provider).getMeter('mine');
  const counter = meter.createCounter('jobs');
  const histogram = meter.createHistogram('sizes');
  const gauge = meter.createGauge('level');
  const balance = meter.createUpDownCounter('balance');
  for (let round = 0; round < 3; round++) {
    for (let index = 0; index < 1_500; index++) {
      const attributes = { id: round * 1_500 + index, kind: 'a' };
      counter.add(1, attributes);
      histogram.record(1, attributes);
      gauge.record(1, attributes);
      balance.add(1, attributes);
    }
    await reader.collect();
  }
  counter.add(1, { kind: 'a', id: 0 });
  const { resourceMetrics } = await reader.collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  expect(metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length])).toEqual([
    ['jobs', 2_000],
    ['sizes', 2_000],
    ['level', 2_000],
    ['balance', 2_000],
  ]);
  const jobs = metrics[0]?.dataPoints.map(({ attributes, value }) => ({ ...attributes, value: Number(value) })) ?? [];
  expect(jobs.reduce((sum, { value }) => sum + value, 0)).toBe(3 * 1_500 + 1);
  expect(jobs).toContainEqual({ id: 0, kind: 'a', value: 2 });
  expect(jobs).toContainEqual({ 'otel.metric.overflow': true, value: 3 * 1_500 - 1_999 });
});
