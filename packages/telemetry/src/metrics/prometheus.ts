import { diag } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { type MetricData, MetricReader } from '@opentelemetry/sdk-metrics';

/** The suffixes that Prometheus' own OTLP receiver writes, so that a dashboard fits whichever way a metric came. */
const SUFFIXES: Record<string, string> = { s: 'seconds', By: 'bytes' };

/** A Redis that does not answer must not take the rest of the metrics with it. */
const READ_WITHIN_MS = 2_000;

/** A reader that reads when somebody asks, and answers in Prometheus' text format. The exporter around it would open a port of its own. */
export class PrometheusReader extends MetricReader {
  // Without scope labels: there are two scopes, and no name is in both.
  private readonly serializer = new PrometheusSerializer('', false, undefined, false, true);

  async scrape(): Promise<string> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: READ_WITHIN_MS });
    // What could be read is still worth having.
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
