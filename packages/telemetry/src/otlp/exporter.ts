import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import { TraceExporterMetricsHelper } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { createReconnectingExporter } from './reconnecting.ts';
import { createTraceSerializer } from './trace-serializer.ts';

/** What the SDK's self-observation calls an exporter. https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/ */
const GRPC_COMPONENT = 'otlp_grpc_span_exporter';
const HTTP_COMPONENT = 'otlp_http_span_exporter';

/** The SDK's OTLP/gRPC exporter, its transport, retries and `OTEL_EXPORTER_OTLP_*` variables, with our serializer. */
export async function otlpGrpcExporter(): Promise<SpanExporter> {
  const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
    '@opentelemetry/otlp-grpc-exporter-base'
  );
  const options = convertLegacyOtlpGrpcOptions({}, 'TRACES');
  return createReconnectingExporter(
    () =>
      new OTLPExporterBase<ReadableSpan[]>(
        createOtlpGrpcExportDelegate(
          options,
          createTraceSerializer(),
          GRPC_COMPONENT,
          TraceExporterMetricsHelper,
          undefined,
          'TraceExportService',
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        ),
      ),
  );
}

/** The same over HTTP. */
export async function otlpHttpExporter(): Promise<SpanExporter> {
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  return new OTLPExporterBase<ReadableSpan[]>(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': 'application/x-protobuf' }),
      createTraceSerializer(),
      HTTP_COMPONENT,
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}
