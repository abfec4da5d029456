import { portSchema, processSchema, readConfig } from '@hotel/runtime';
import { z } from 'zod';
import { LAST_STEP } from './steps.ts';

const schema = z.object({
  ...processSchema,
  BANDS_API_PORT: portSchema.default(8000),
  REVIEWS_API_PORT: portSchema.default(8080),
  BANDS_STEP: z.coerce.number().int().min(1).max(LAST_STEP).default(LAST_STEP),
  HOTEL_TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
});

/** Settings of the two services. */
export const loadConfig = () => readConfig(schema);

const callerSchema = (portOffset: number) =>
  schema.extend({
    BANDS_API_PORT: portSchema.default(8000 + portOffset),
    REVIEWS_API_PORT: portSchema.default(8080 + portOffset),
    VIEWER_PORT: portSchema.default(16686 + portOffset),
    OTLP_GRPC_PORT: portSchema.default(4317 + portOffset),
  });

/**
 * Settings of the caller. With `traced`, they include the telemetry settings that `register` will use in this process.
 */
export function loadCallerConfig({ traced, portOffset }: { traced: boolean; portOffset: number }) {
  const config = readConfig(callerSchema(portOffset));
  process.env.OTEL_SERVICE_NAME = 'bands-run';
  process.env.OTEL_RESOURCE_ATTRIBUTES ||= 'service.namespace=bands';
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT ||= `http://127.0.0.1:${config.OTLP_GRPC_PORT}`;
  if (!traced) process.env.OTEL_SDK_DISABLED = 'true';
  return config;
}
