import { metrics } from '@opentelemetry/api';
import { getNumberFromEnv, getStringListFromEnv } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  ConsoleMetricExporter,
  InstrumentType,
  MeterProvider,
  type MetricReader,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { SCHEMA_URL, SCOPE_NAME, SCOPE_VERSION } from '../scope.ts';
import { telemetryState } from '../setup/state.ts';
import { withBoundedAttributes } from './bounded.ts';
import { type ExemplarFilter, Exemplars, type ExemplarsOf } from './exemplars/exemplars.ts';
import { createMetrics } from './instruments.ts';
import { observeProcess } from './process.ts';
import { OnDemandReader, scrape } from './prometheus.ts';

/**
 * Metrics for `/metrics` and for the exporters in `OTEL_METRICS_EXPORTER`. The SDK's own setup would open another port
 * next to the internal listener.
 */
export async function startMetrics(resource: Resource, exemplarFilter: ExemplarFilter): Promise<MeterProvider> {
  const exemplars = new Exemplars(exemplarFilter);
  const pushing = await pushReadersFromEnv(exemplars.of);
  // The SDK records every measurement once for each reader, so that one reader serves both if it can.
  const shared = pushing.find(isCumulative);
  const scraped = shared ?? new OnDemandReader();
  const readers = shared ? pushing : [...pushing, scraped];
  const provider = new MeterProvider({ resource, readers });
  // For the program's own meters.
  metrics.setGlobalMeterProvider(withBoundedAttributes(provider));
  const meter = provider.getMeter(SCOPE_NAME, SCOPE_VERSION, { schemaUrl: SCHEMA_URL });
  observeProcess(meter);
  telemetryState.metrics = createMetrics(meter, exemplars);
  telemetryState.scrape = (format) => scrape(scraped, exemplars.of, format);
  return provider;
}

async function pushReadersFromEnv(exemplarsOf: ExemplarsOf): Promise<MetricReader[]> {
  const readers: MetricReader[] = [];
  // The specification's default is otlp; a collector for traces only would return UNIMPLEMENTED every time.
  for (const name of new Set(getStringListFromEnv('OTEL_METRICS_EXPORTER') ?? [])) {
    if (name === 'otlp') {
      const { otlpMetricExporter } = await import('./exporter.ts');
      readers.push(periodic(await otlpMetricExporter(exemplarsOf)));
    } else if (name === 'console') readers.push(periodic(new ConsoleMetricExporter()));
  }
  return readers;
}

function periodic(exporter: PushMetricExporter): MetricReader {
  const env = (name: string, otherwise: number) => getNumberFromEnv(name) ?? otherwise;
  const exportIntervalMillis = env('OTEL_METRIC_EXPORT_INTERVAL', 60_000);
  const exportTimeoutMillis = Math.min(exportIntervalMillis, env('OTEL_METRIC_EXPORT_TIMEOUT', 30_000));
  return new PeriodicExportingMetricReader({ exporter, exportIntervalMillis, exportTimeoutMillis });
}

/** Whether a reader sees sums since the start, as `/metrics` does, rather than since the last export. */
function isCumulative(reader: MetricReader): boolean {
  const types = Object.values(InstrumentType);
  return types.every((type) => reader.selectAggregationTemporality(type) === AggregationTemporality.CUMULATIVE);
}
