import { diag } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';

/** The same suffixes as Prometheus' OTLP receiver, so that dashboards fit metrics from either path. */
const SUFFIXES: Record<string, string> = { s: 'seconds', By: 'bytes' };

/** An unresponsive Redis must not block the other metrics. */
const READ_WITHIN_MS = 2_000;

/** Collects on demand and renders Prometheus' text format. Prometheus' exporter would open its own port. */
export class PrometheusReader extends MetricReader {
  // Without scope labels: no metric name occurs in both scopes.
  private readonly serializer = new PrometheusSerializer('', false, undefined, false, true);

  async scrape(): Promise<string> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: READ_WITHIN_MS });
    // A partial result is still useful.
    for (const error of errors) diag.warn(`a metric could not be read: ${error}`);
    await resourceMetrics.resource.waitForAsyncAttributes?.();
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map(withUnitInName),
    }));
    return this.serializer.serialize({ ...resourceMetrics, scopeMetrics });
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-metadata-1, which the serializer leaves out. */
function withUnitInName<T extends MetricData>(metric: T): T {
  const suffix = SUFFIXES[metric.descriptor.unit];
  if (!suffix) return metric;
  return { ...metric, descriptor: { ...metric.descriptor, name: `${metric.descriptor.name}.${suffix}`, unit: suffix } };
}
