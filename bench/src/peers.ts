import type { ProcessSpec } from '@hotel/system';

/** A service of `bench/peers/`, with one of its instrumentations or without. */
export function peer(instrumentation?: 'lean' | 'auto', entry = 'service.ts'): ProcessSpec {
  return {
    name: 'express',
    folder: 'bench/peers',
    entry,
    nodeArgs: instrumentation ? ['--import', `./${instrumentation}.ts`] : [],
    // Without our own preload.
    traced: false,
    ports: { PEER_PORT: 0 },
    env: instrumentation ? { PEER_OTLP_ENDPOINT: '${PEER_OTLP_URL}' } : {},
    ready: { port: 'PEER_PORT', path: '/health' },
  };
}

/** The worker of those services. */
export const peerWorker = (instrumentation?: 'lean' | 'auto'): ProcessSpec => ({
  ...peer(instrumentation, 'worker.ts'),
  name: 'express-worker',
  ports: { PEER_WORKER_PORT: 0 },
  ready: { port: 'PEER_WORKER_PORT', path: '/' },
});
