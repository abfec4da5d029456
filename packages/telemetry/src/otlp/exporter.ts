import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import type { IExporterMetricsHelper, ISerializer } from '@opentelemetry/otlp-transformer';
import { type BatchExporter, createReconnectingExporter } from './reconnecting.ts';

/** What the exports of one kind of telemetry differ in. */
export interface Signal<Batch> {
  /** In the names of variables: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. */
  name: 'TRACES' | 'METRICS' | 'LOGS';
  /** In the exporter's self-observation: https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/ */
  component: 'span' | 'metric' | 'log';
  grpcService: { name: string; method: string };
  httpPath: string;
  helper: IExporterMetricsHelper<Batch>;
  protobuf: ISerializer<Batch, object>;
  json: ISerializer<Batch, object>;
}

/** @param protocol as in `OTEL_EXPORTER_OTLP_PROTOCOL` */
export function otlpExporter<Batch>(protocol: string, signal: Signal<Batch>): Promise<BatchExporter<Batch>> {
  if (protocol === 'http/protobuf') return httpExporter('application/x-protobuf', signal);
  if (protocol === 'http/json') return httpExporter('application/json', signal);
  return grpcExporter(signal);
}

/** The SDK's OTLP/gRPC exporter (transport, retries, `OTEL_EXPORTER_OTLP_*`) with our serializer. */
async function grpcExporter<Batch>(signal: Signal<Batch>): Promise<BatchExporter<Batch>> {
  const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
    '@opentelemetry/otlp-grpc-exporter-base'
  );
  const options = convertLegacyOtlpGrpcOptions({}, signal.name);
  return createReconnectingExporter(
    () =>
      new OTLPExporterBase<Batch>(
        createOtlpGrpcExportDelegate(
          options,
          signal.protobuf,
          `otlp_grpc_${signal.component}_exporter`,
          signal.helper,
          undefined,
          signal.grpcService.name,
          signal.grpcService.method,
        ),
      ),
  );
}

/** The same over HTTP, in protobuf or JSON. */
async function httpExporter<Batch>(
  contentType: 'application/x-protobuf' | 'application/json',
  signal: Signal<Batch>,
): Promise<BatchExporter<Batch>> {
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  const isJson = contentType === 'application/json';
  return new OTLPExporterBase<Batch>(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, signal.name, signal.httpPath, { 'Content-Type': contentType }),
      isJson ? signal.json : signal.protobuf,
      `otlp_${isJson ? 'http_json' : 'http'}_${signal.component}_exporter`,
      signal.helper,
      undefined,
    ),
  );
}
