import { MEMORY_SAVING } from './memory-saving.ts';
import type { ProcessSpec } from './types.ts';

/** The viewer of every system in this repository: on Jaeger's ports, started first and never traced. */
export const viewerProcess = {
  name: 'viewer',
  folder: 'viewer',
  entry: 'src/main.ts',
  nodeArgs: MEMORY_SAVING,
  traced: false,
  ports: { VIEWER_PORT: 16686, OTLP_GRPC_PORT: 4317, OTLP_HTTP_PORT: 4318, VIEWER_HEALTH_PORT: 13133 },
  env: {},
  ready: { port: 'VIEWER_HEALTH_PORT', path: '/status' },
  page: { port: 'VIEWER_PORT', path: '/search' },
  about: 'the traces',
} satisfies ProcessSpec;
