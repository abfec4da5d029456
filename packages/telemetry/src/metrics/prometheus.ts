import { diag } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MetricReader } from '@opentelemetry/sdk-metrics';
import type { ExemplarsOf } from './exemplars/exemplars.ts';
import { openMetrics } from './exemplars/openmetrics.ts';
import { withUnitInName } from './unit-in-name.ts';

/** An unresponsive Redis must not block the other metrics. */
const READ_WITHIN_MS = 2_000;

/** Collects on demand and renders a text format. Prometheus' exporter would open its own port. */
export class PrometheusReader extends MetricReader {
  // Without scope labels: no metric name occurs in both scopes.
  private readonly serializer = new PrometheusSerializer('', false, undefined, false, true);

  private readonly exemplarsOf: ExemplarsOf;

  constructor(exemplarsOf: ExemplarsOf) {
    super();
    this.exemplarsOf = exemplarsOf;
  }

  async scrape(format: 'text' | 'openmetrics' = 'text'): Promise<string> {
    const { resourceMetrics, errors } = await this.collect({ timeoutMillis: READ_WITHIN_MS });
    // A partial result is still useful.
    for (const error of errors) diag.warn(`a metric could not be read: ${error}`);
    await resourceMetrics.resource.waitForAsyncAttributes?.();
    if (format === 'openmetrics') return openMetrics(resourceMetrics, this.exemplarsOf);
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map((metric) => ({ ...metric, descriptor: withUnitInName(metric.descriptor) })),
    }));
    return this.serializer.serialize({ ...resourceMetrics, scopeMetrics });
  }

  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}
