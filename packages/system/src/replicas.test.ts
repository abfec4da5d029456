import { expect, it } from 'vitest';
import { fakeProcess, fakeSystem } from '../test/fake-system.ts';
import { processEnvironment, sharedEnvironment } from './environment.ts';
import { withReplicas } from './replicas.ts';

const system = fakeSystem([
  fakeProcess('viewer', {}, { traced: false }),
  fakeProcess(
    'api',
    {},
    { ports: { API_PORT: 80, API_INTERNAL_PORT: 90 }, ready: { port: 'API_INTERNAL_PORT', path: '/' } },
  ),
  fakeProcess('queue-worker', {}, { after: ['api', 'viewer'] }),
]);
const replicas = withReplicas(system, 2).processes;
const named = (name: string) => replicas.find((spec) => spec.name === name);

it('runs each traced process several times, under numbered names', () => {
  expect(replicas.map(({ name }) => name)).toEqual(['viewer', 'api-1', 'api-2', 'queue-worker-1', 'queue-worker-2']);
});

it('gives replicas the ports of the process together, and each a port for metrics that shows when it is ready', () => {
  expect(named('api-1')?.ports).toEqual({ API_PORT: 80, API_INTERNAL_PORT: 90, API_1_METRICS_PORT: 190 });
  expect(named('api-2')?.ports).toEqual({ API_2_METRICS_PORT: 290 });
  expect(named('api-2')?.ready).toEqual({ port: 'API_2_METRICS_PORT', path: '/metrics', anyStatus: true });
});

it('gives replicas one service name and different instance ids', () => {
  const ports = { API_PORT: 80, API_INTERNAL_PORT: 90, API_2_METRICS_PORT: 290 };
  const shared = sharedEnvironment(system, { ports, dataDir: '/data', env: {} });
  const spec = named('api-2') as NonNullable<ReturnType<typeof named>>;
  expect(processEnvironment(spec, shared, {}, {})).toMatchObject({
    OTEL_SERVICE_NAME: 'api',
    OTEL_RESOURCE_ATTRIBUTES: expect.stringMatching(/,service\.instance\.id=api-2$/),
    HOTEL_SHARE_PORTS: '1',
    HOTEL_METRICS_PORT: '290',
    API_PORT: '80',
  });
});

it('starts a replica after one replica of what it needs', () => {
  expect(named('queue-worker-2')?.after).toEqual(['api-2', 'viewer']);
});
