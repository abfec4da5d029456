import { join } from 'node:path';
import { portSchema, processSchema, readConfig, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

const schema = z.object({
  ...processSchema,
  API_GATEWAY_PORT: portSchema.default(8000),
  USER_SERVICE_PORT: portSchema.default(8001),
  ORDER_SERVICE_PORT: portSchema.default(8002),
  DATABASE_SERVICE_PORT: portSchema.default(8003),
  INVENTORY_SERVICE_PORT: portSchema.default(8004),
  USER_SERVICE_URL: urlSchema.default('http://127.0.0.1:8001'),
  ORDER_SERVICE_URL: urlSchema.default('http://127.0.0.1:8002'),
  DATABASE_SERVICE_URL: urlSchema.default('http://127.0.0.1:8003'),
  INVENTORY_SERVICE_URL: urlSchema.default('http://127.0.0.1:8004'),
  HOTEL_DATA_DIR: z.string().default(join(import.meta.dirname, '../../../.hotel/examples/shop')),
  /** Whether the gateway continues or restarts its callers' traces; the services behind it always continue. */
  HOTEL_TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
});

/** The only reader of the environment in the shop. */
export const loadConfig = () => readConfig(schema);
