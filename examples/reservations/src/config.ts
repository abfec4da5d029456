import { join } from 'node:path';
import { portSchema, processSchema, readConfig, urlSchema } from '@hotel/runtime';
import { z } from 'zod';

const schema = z.object({
  ...processSchema,
  RESERVATIONS_SERVICE_PORT: portSchema.default(8081),
  USER_SERVICE_PORT: portSchema.default(8080),
  USER_SERVICE_URL: urlSchema.default('http://127.0.0.1:8080'),
  HOTEL_DATA_DIR: z.string().default(join(import.meta.dirname, '../../../.hotel/examples/reservations')),
  HOTEL_TRACE_EDGE: z.enum(['continue', 'restart']).default('restart'),
  /** What creates the HTTP spans and propagates the context: the library, or the code in `by-hand.ts`. */
  HOTEL_PROPAGATION: z.enum(['library', 'hand']).default('library'),
});

/** The only reader of the environment in this example. */
export const loadConfig = () => readConfig(schema);
