import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base';
import type { IExporterMetricsHelper, ISerializer } from '@opentelemetry/otlp-transformer';
import { type BatchExporter, createReconnectingExporter } from './reconnecting.ts';

/** What the exports of one kind of telemetry differ in. */
export interface Signal<Item> {
  /** In the names of variables: `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. */
  name: 'TRACES' | 'LOGS';
  /** In the exporter's self-observation: https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/ */
  component: 'span' | 'log';
  grpcService: { name: string; method: string };
  httpPath: string;
  helper: IExporterMetricsHelper<Item[]>;
  protobuf: Serializer<Item>;
  json: Serializer<Item>;
}

type Serializer<Item> = ISerializer<Item[], object>;

/** @param protocol as in `OTEL_EXPORTER_OTLP_PROTOCOL` */
export function otlpExporter<Item>(protocol: string, signal: Signal<Item>): Promise<BatchExporter<Item>> {
  if (protocol === 'http/protobuf') return httpExporter('application/x-protobuf', signal);
  if (protocol === 'http/json') return httpExporter('application/json', signal);
  return grpcExporter(signal);
}

/** The SDK's OTLP/gRPC exporter (transport, retries, `OTEL_EXPORTER_OTLP_*`) with our serializer. */
async function grpcExporter<Item>(signal: Signal<Item>): Promise<BatchExporter<Item>> {
  const { convertLegacyOtlpGrpcOptions, createOtlpGrpcExportDelegate } = await import(
    '@opentelemetry/otlp-grpc-exporter-base'
  );
  const options = convertLegacyOtlpGrpcOptions({}, signal.name);
  return createReconnectingExporter(
    () =>
      new OTLPExporterBase<Item[]>(
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
async function httpExporter<Item>(
  contentType: 'application/x-protobuf' | 'application/json',
  signal: Signal<Item>,
): Promise<BatchExporter<Item>> {
  const { convertLegacyHttpOptions, createOtlpHttpExportDelegate } = await import(
    '@opentelemetry/otlp-exporter-base/node-http'
  );
  const isJson = contentType === 'application/json';
  return new OTLPExporterBase<Item[]>(
    createOtlpHttpExportDelegate(
      convertLegacyHttpOptions({}, signal.name, signal.httpPath, { 'Content-Type': contentType }),
      isJson ? signal.json : signal.protobuf,
      `otlp_${isJson ? 'http_json' : 'http'}_${signal.component}_exporter`,
      signal.helper,
      undefined,
    ),
  );
}
