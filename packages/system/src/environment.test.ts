import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { fakeProcess, fakeSystem } from '../test/fake-system.ts';
import { type Environment, expand, processEnvironment, sharedEnvironment } from './environment.ts';

/** A reference to a variable in a system's data. */
const of = (name: string) => ['$', '{', name, '}'].join('');

const viewer = fakeProcess('viewer', {}, { traced: false, ports: { OTLP_GRPC_PORT: 1, OTLP_HTTP_PORT: 2 } });
const app = fakeProcess('app', { FRIEND_URL: `http://127.0.0.1:${of('APP_PORT')}/x` });
const ports = { OTLP_GRPC_PORT: 4401, OTLP_HTTP_PORT: 4402, APP_PORT: 4403 };
const machine = { PATH: '/bin', HOME: '/home/me', SECRET_TOKEN: 'x' };

function environment(spec: typeof app, env: Environment = {}, otlpEndpoint?: string): Record<string, string> {
  const settings = { ports, dataDir: '/data', redisUrl: 'redis://r', env, otlpEndpoint };
  return processEnvironment(spec, sharedEnvironment(fakeSystem([viewer, app]), settings), env, machine);
}

describe('the environment of a process', () => {
  it("has its name, its ports, its data folder, Redis, and telemetry to the system's viewer", () => {
    expect(environment(app)).toEqual({
      PATH: '/bin',
      HOME: '/home/me',
      OTEL_SERVICE_NAME: 'app',
      OTEL_RESOURCE_ATTRIBUTES: `service.namespace=inn,service.version=${manifest.version},deployment.environment.name=development`,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4401',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
      HOTEL_TRACE_EDGE: 'continue',
      HOTEL_HOST: '127.0.0.1',
      HOTEL_DATA_DIR: '/data',
      REDIS_URL: 'redis://r',
      OTLP_GRPC_PORT: '4401',
      OTLP_HTTP_PORT: '4402',
      APP_PORT: '4403',
      FAKE_NAME: 'app',
      FAKE_PORT_NAME: 'APP_PORT',
      FRIEND_URL: 'http://127.0.0.1:4403/x',
    });
  });

  it.each([
    ['0.0.0.0:4317', 'http://0.0.0.0:4317'],
    ['localhost:4317', 'http://localhost:4317'],
    ['[::1]:4317', 'http://[::1]:4317'],
    ['https://localhost:4317', 'https://localhost:4317'],
    // TLS, by the specification.
    ['collector:4317', 'collector:4317'],
  ])('uses no TLS for a local collector without a scheme: %s', (given, endpoint) => {
    expect(environment(app, {}, given).OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoint);
    const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT } = environment(app, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: given });
    expect(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT).toBe(endpoint);
  });

  it('has no telemetry settings when the process is never traced', () => {
    const names = Object.keys(environment(viewer, { OTEL_LOG_LEVEL: 'debug' }));
    expect(names.filter((name) => name.startsWith('OTEL_'))).toEqual([]);
    expect(names).toContain('HOTEL_HOST');
  });

  it("prefers the caller's settings, and drops variables that do not concern the processes", () => {
    const env = environment(app, {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_TRACES_SAMPLER: 'always_off',
      HOTEL_TRACE_EDGE: 'restart',
      LOG_LEVEL: 'debug',
      SEED_ROOMS: '0',
      FRIEND_URL: 'http://friend',
      AWS_KEY: 'x',
    });
    expect(env).toMatchObject({
      OTEL_TRACES_SAMPLER: 'always_off',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4402',
      HOTEL_TRACE_EDGE: 'restart',
      LOG_LEVEL: 'debug',
      SEED_ROOMS: '0',
      FRIEND_URL: 'http://friend',
    });
    expect(env).not.toHaveProperty('AWS_KEY');
    expect(env).not.toHaveProperty('SECRET_TOKEN');
  });

  it("does not take its name from the caller's OTEL_SERVICE_NAME", () => {
    expect(environment(app, { OTEL_SERVICE_NAME: 'shell' }).OTEL_SERVICE_NAME).toBe('app');
  });

  it('has the version of the repository', () => {
    const root = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    expect(manifest.version).toBe(JSON.parse(root).version);
  });

  it("adds namespace, version and environment to the caller's resource attributes unless they name them", () => {
    const attributes = (given: string) =>
      environment(app, { OTEL_RESOURCE_ATTRIBUTES: given }).OTEL_RESOURCE_ATTRIBUTES;
    const rest = `service.version=${manifest.version},deployment.environment.name=development`;
    expect(attributes('team=a')).toBe(`team=a,service.namespace=inn,${rest}`);
    expect(attributes('team=a, service.namespace = b')).toBe(`team=a, service.namespace = b,${rest}`);
    const all = 'deployment.environment.name=test,service.version=2,service.namespace=b';
    expect(attributes(all)).toBe(all);
  });

  it('sends spans to the configured endpoint, and to none if it is empty', () => {
    const endpoint = (env: Environment, option?: string) => environment(app, env, option).OTEL_EXPORTER_OTLP_ENDPOINT;
    expect(endpoint({}, 'http://sink')).toBe('http://sink');
    expect(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env' }, 'http://sink')).toBe('http://sink');
    expect(endpoint({ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, '')).toBeUndefined();
  });
});

it('rejects a reference to an unset variable, naming it', () => {
  expect(expand(`a${of('X')}b${of('Y')}`, { X: '1', Y: '2' }, 'here')).toBe('a1b2');
  expect(() => expand(of('Z'), { X: '1' }, 'FRIEND_URL of app')).toThrow(/FRIEND_URL of app uses \$\{Z\}.*Known: X/);
});
