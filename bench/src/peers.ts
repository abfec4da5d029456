import type { ProcessSpec } from '@hotel/system';

/** `bench/peers/service.ts`, with one of its instrumentations or without. */
export function peer(instrumentation?: 'lean' | 'auto'): ProcessSpec {
  return {
    name: 'express',
    folder: 'bench/peers',
    entry: 'service.ts',
    nodeArgs: instrumentation ? ['--import', `./${instrumentation}.ts`] : [],
    // Without our own preload.
    traced: false,
    ports: { PEER_PORT: 0 },
    env: instrumentation ? { PEER_OTLP_ENDPOINT: '${PEER_OTLP_URL}' } : {},
    ready: { port: 'PEER_PORT', path: '/health' },
  };
}
