import { diag } from '@opentelemetry/api';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http';
import {
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { otlpExporter, type Signal } from '../otlp/exporter.ts';
import { isRefused, quietWhenRefused } from '../otlp/refusal.ts';
import { otlpProtocol } from '../setup/protocol.ts';
import type { ExemplarsOf } from './exemplars/exemplars.ts';
import { withExemplars } from './exemplars/otlp.ts';

/** The SDK's OTLP exporter (transport, retries, `OTEL_EXPORTER_OTLP_*`) with exemplars. */
export async function otlpMetricExporter(exemplarsOf: ExemplarsOf): Promise<PushMetricExporter> {
  const exporter = quietWhenRefused(await otlpExporter(otlpProtocol('METRICS'), metricSignal(exemplarsOf)), (code) => {
    diag.warn(`the collector does not accept metrics (${code}); they are at /metrics only`);
  });
  // Reads the temporality from the environment.
  return new OTLPMetricExporterBase({
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void) {
      // The reader would report each failure. Nothing is lost: the next export has the same metrics.
      exporter.export(metrics, (result) => done(isRefused(result) ? { code: ExportResultCode.SUCCESS } : result));
    },
    forceFlush: async () => exporter.forceFlush?.(),
    shutdown: () => exporter.shutdown(),
    setMetrics() {},
  });
}

function metricSignal(exemplarsOf: ExemplarsOf): Signal<ResourceMetrics> {
  return {
    name: 'METRICS',
    component: 'metric',
    grpcService: {
      name: 'MetricsExportService',
      method: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    },
    httpPath: 'v1/metrics',
    helper: MetricsExporterMetricsHelper,
    protobuf: withExemplars(ProtobufMetricsSerializer, 'protobuf', exemplarsOf),
    json: withExemplars(JsonMetricsSerializer, 'json', exemplarsOf),
  };
}
