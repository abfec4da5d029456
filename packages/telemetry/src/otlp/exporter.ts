import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import {
  JsonTraceSerializer,
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { createCarefulSerializer, type OnDrop } from './careful-serializer.ts';
import { createReconnectingExporter } from './reconnecting.ts';
import { createTraceSerializer } from './trace-serializer.ts';

/** Exporter names in the SDK's self-observation. https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/ */
const GRPC_COMPONENT = 'otlp_grpc_span_exporter';
const HTTP_COMPONENT = 'otlp_http_span_exporter';
const HTTP_JSON_COMPONENT = 'otlp_http_json_span_exporter';

const protobufSerializer = (onDrop: OnDrop) =>
  createCarefulSerializer({ fast: createTraceSerializer(), thorough: ProtobufTraceSerializer, onDrop });

/** The SDK's OTLP/gRPC exporter (transport, retries, `OTEL_EXPORTER_OTLP_*`) with our serializer. */
export async function otlpGrpcExporter(onDrop: OnDrop): Promise<SpanExporter> {
  const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
    '@opentelemetry/otlp-grpc-exporter-base'
  );
  const options = convertLegacyOtlpGrpcOptions({}, 'TRACES');
  const serializer = protobufSerializer(onDrop);
  return createReconnectingExporter(
    () =>
      new OTLPExporterBase<ReadableSpan[]>(
        createOtlpGrpcExportDelegate(
          options,
          serializer,
          GRPC_COMPONENT,
          TraceExporterMetricsHelper,
          undefined,
          'TraceExportService',
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        ),
      ),
  );
}

/** The same over HTTP, in protobuf or JSON. */
export async function otlpHttpExporter(format: 'protobuf' | 'json', onDrop: OnDrop): Promise<SpanExporter> {
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  const [contentType, serializer, component] =
    format === 'json'
      ? ['application/json', createCarefulSerializer({ thorough: JsonTraceSerializer, onDrop }), HTTP_JSON_COMPONENT]
      : ['application/x-protobuf', protobufSerializer(onDrop), HTTP_COMPONENT];
  return new OTLPExporterBase<ReadableSpan[]>(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, 'TRACES', 'v1/traces', { 'Content-Type': contentType }),
      serializer,
      component,
      TraceExporterMetricsHelper,
      undefined,
    ),
  );
}
