import { metrics } from '@opentelemetry/api';
import { getNumberFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  ConsoleMetricExporter,
  type IMetricReader,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { telemetryState } from '../setup/state.ts';
import { withBoundedAttributes } from './bounded.ts';
import { type ExemplarFilter, Exemplars, type ExemplarsOf } from './exemplars/exemplars.ts';
import { createMetrics } from './instruments.ts';
import { observeProcess } from './process.ts';
import { PrometheusReader } from './prometheus.ts';

/**
 * Metrics for `/metrics` and for the exporters in `OTEL_METRICS_EXPORTER`. The SDK's own setup would open another port
 * next to the internal listener.
 */
export async function startMetrics(resource: Resource, exemplarFilter: ExemplarFilter): Promise<MeterProvider> {
  const exemplars = new Exemplars(exemplarFilter);
  const prometheus = new PrometheusReader(exemplars.of);
  const readers = [prometheus, ...(await pushReadersFromEnv(exemplars.of))];
  const provider = new MeterProvider({ resource, readers });
  // For the program's own meters.
  metrics.setGlobalMeterProvider(withBoundedAttributes(provider));
  const meter = provider.getMeter(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL });
  observeProcess(meter);
  telemetryState.metrics = createMetrics(meter, exemplars);
  telemetryState.scrape = (format) => prometheus.scrape(format);
  return provider;
}

async function pushReadersFromEnv(exemplarsOf: ExemplarsOf): Promise<IMetricReader[]> {
  const readers: IMetricReader[] = [];
  // The specification's default is otlp; a collector for traces only would return UNIMPLEMENTED every time.
  for (const name of new Set(getStringListFromEnv('OTEL_METRICS_EXPORTER') ?? [])) {
    if (name === 'otlp') {
      const { otlpMetricExporter } = await import('./exporter.ts');
      readers.push(periodic(await otlpMetricExporter(exemplarsOf)));
    } else if (name === 'console') readers.push(periodic(new ConsoleMetricExporter()));
  }
  return readers;
}

function periodic(exporter: PushMetricExporter): IMetricReader {
  const env = (name: string, otherwise: number) => getNumberFromEnv(name) ?? otherwise;
  const exportIntervalMillis = env('OTEL_METRIC_EXPORT_INTERVAL', 60_000);
  const exportTimeoutMillis = Math.min(exportIntervalMillis, env('OTEL_METRIC_EXPORT_TIMEOUT', 30_000));
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}
