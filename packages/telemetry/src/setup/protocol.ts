import { getStringFromEnv } from '@opentelemetry/core';

/** The OTLP protocol of a signal, from the environment. */
export function otlpProtocol(signal: 'TRACES' | 'METRICS' | 'LOGS'): string {
  return (
    getStringFromEnv(`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`) ??
    getStringFromEnv('OTEL_EXPORTER_OTLP_PROTOCOL') ??
    'grpc'
  );
}
