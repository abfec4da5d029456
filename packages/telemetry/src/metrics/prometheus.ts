import { diag } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MetricReader } from '@opentelemetry/sdk-metrics';
import type { ExemplarsOf } from './exemplars/exemplars.ts';
import { openMetrics } from './exemplars/openmetrics.ts';
import { withUnitInName } from './unit-in-name.ts';

/** An unresponsive Redis must not block the other metrics. */
const READ_WITHIN_MS = 2_000;
// Without scope labels: no metric name occurs in both scopes.
const serializer = new PrometheusSerializer('', false, undefined, false, true);

/** Collects on demand only. Prometheus' exporter would open its own port. */
export class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** The current metrics of a reader of cumulative sums, in a text format. */
export async function scrape(
  reader: MetricReader,
  exemplarsOf: ExemplarsOf,
  format: 'text' | 'openmetrics' = 'text',
): Promise<string> {
  const { resourceMetrics, errors } = await reader.collect({ timeoutMillis: READ_WITHIN_MS });
  // A partial result is still useful.
  for (const error of errors) diag.warn(`a metric could not be read: ${error}`);
  await resourceMetrics.resource.waitForAsyncAttributes?.();
  if (format === 'openmetrics') return openMetrics(resourceMetrics, exemplarsOf);
  const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics.map((metric) => ({ ...metric, descriptor: withUnitInName(metric.descriptor) })),
  }));
  return serializer.serialize({ ...resourceMetrics, scopeMetrics });
}
