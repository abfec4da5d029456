import { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http';
import {
  JsonMetricsSerializer,
  MetricsExporterMetricsHelper,
  ProtobufMetricsSerializer,
} from '@opentelemetry/otlp-transformer';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { otlpProtocol } from '../setup/protocol.ts';
import type { ExemplarsOf } from './exemplars/exemplars.ts';
import { withExemplars } from './exemplars/otlp.ts';

/** Exporter names in the SDK's self-observation. https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/ */
const GRPC_COMPONENT = 'otlp_grpc_metric_exporter';
const HTTP_COMPONENT = 'otlp_http_metric_exporter';
const HTTP_JSON_COMPONENT = 'otlp_http_json_metric_exporter';

/** The SDK's OTLP exporter (transport, retries, `OTEL_EXPORTER_OTLP_*`) with exemplars. */
export async function otlpMetricExporter(exemplarsOf: ExemplarsOf): Promise<PushMetricExporter> {
  const protocol = otlpProtocol('METRICS');
  const protobuf = () => withExemplars(ProtobufMetricsSerializer, 'protobuf', exemplarsOf);
  if (protocol === 'grpc') {
    const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
      '@opentelemetry/otlp-grpc-exporter-base'
    );
    return new OTLPMetricExporterBase(
      createOtlpGrpcExportDelegate(
        convertLegacyOtlpGrpcOptions({}, 'METRICS'),
        protobuf(),
        GRPC_COMPONENT,
        MetricsExporterMetricsHelper,
        undefined,
        'MetricsExportService',
        '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      ),
    );
  }
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  const [contentType, serializer, component] =
    protocol === 'http/json'
      ? ['application/json', withExemplars(JsonMetricsSerializer, 'json', exemplarsOf), HTTP_JSON_COMPONENT]
      : ['application/x-protobuf', protobuf(), HTTP_COMPONENT];
  return new OTLPMetricExporterBase(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, 'METRICS', 'v1/metrics', { 'Content-Type': contentType }),
      serializer,
      component,
      MetricsExporterMetricsHelper,
      undefined,
    ),
  );
}
