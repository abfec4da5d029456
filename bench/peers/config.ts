import { createRequire } from 'node:module';

const { PEER_PORT, PEER_WORKER_PORT, PEER_OTLP_ENDPOINT, REDIS_URL, HOTEL_DATA_DIR } = process.env;

export const config = {
  port: Number(PEER_PORT),
  workerPort: Number(PEER_WORKER_PORT),
  redis: new URL(REDIS_URL ?? 'redis://127.0.0.1:6379'),
  database: `${HOTEL_DATA_DIR ?? '.'}/peer.sqlite`,
  plan: `${HOTEL_DATA_DIR ?? '.'}/plan.sqlite`,
  otlpEndpoint: PEER_OTLP_ENDPOINT,
};

/** Configures the contributed register script through its own variables. Everything else keeps its default. */
export function configureTracing(instrumentations?: string): void {
  Object.assign(process.env, {
    OTEL_SERVICE_NAME: 'express',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process,serviceinstance',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_ENDPOINT: config.otlpEndpoint,
    ...(instrumentations ? { OTEL_NODE_ENABLED_INSTRUMENTATIONS: instrumentations } : {}),
  });
}

/** Options for a queue or worker: the only instrumentation that carries a trace through the queue, if tracing is on. */
export function queueTelemetry() {
  if (!config.otlpEndpoint) return {};
  const { BullMQOtel } = createRequire(import.meta.url)('bullmq-otel') as typeof import('bullmq-otel');
  return { telemetry: new BullMQOtel({ tracerName: 'express' }) };
}
