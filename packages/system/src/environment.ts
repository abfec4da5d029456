import manifest from '../package.json' with { type: 'json' };
import { SystemError } from './error.ts';
import type { ProcessSpec, System } from './types.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables of the machine that every process needs. */
const BASICS = [
  ...['PATH', 'HOME', 'USER', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NO_COLOR'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE', 'NODE_V8_COVERAGE', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** Variables that are passed from the caller's environment to the processes. All others are dropped. */
const FOR_PROCESSES = /^(OTEL|HOTEL|VIEWER|GRPC)_\w+$|^\w+_(URL|PORT)$|^(LOG_LEVEL|SEED_ROOMS|NODE_EXTRA_CA_CERTS)$/;

/** Not passed on, because they would give every process the same name or port. */
const NEVER = new Set(['OTEL_SERVICE_NAME', 'HOTEL_METRICS_PORT']);

export interface RunSettings {
  ports: Readonly<Record<string, number>>;
  dataDir: string;
  redisUrl?: string | undefined;
  /** By variable. */
  databaseUrls?: Readonly<Record<string, string>> | undefined;
  otlpEndpoint?: string | undefined;
  /** The caller's environment; overrides the system's and this package's values. An empty value unsets a variable. */
  env: Environment;
}

/** The environment shared by all processes of a run: ports, data, Redis and telemetry, with the caller's overrides. */
export function sharedEnvironment(
  system: System,
  { ports, dataDir, redisUrl, databaseUrls, otlpEndpoint, env }: RunSettings,
) {
  const given = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => isOverride(entry[0], env)),
  );
  const protocol = given.OTEL_EXPORTER_OTLP_PROTOCOL ?? 'grpc';
  const viewer = ports[protocol.startsWith('http') ? 'OTLP_HTTP_PORT' : 'OTLP_GRPC_PORT'];
  const endpoint = withScheme(otlpEndpoint) ?? (viewer === undefined ? '' : `http://127.0.0.1:${viewer}`);
  const tracesEndpoint = withScheme(given.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT);
  return {
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    HOTEL_TRACE_EDGE: 'continue',
    HOTEL_HOST: '127.0.0.1',
    // Responses link to traces there.
    ...(ports.VIEWER_PORT === undefined ? {} : { JAEGER_QUERY_URL: `http://localhost:${ports.VIEWER_PORT}` }),
    ...databaseUrls,
    ...given,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    ...(tracesEndpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint }),
    OTEL_RESOURCE_ATTRIBUTES: resourceAttributes(given.OTEL_RESOURCE_ATTRIBUTES, system.name),
    HOTEL_DATA_DIR: dataDir,
    ...(redisUrl === undefined ? {} : { REDIS_URL: redisUrl }),
    ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [name, String(port)])),
  } as Record<string, string>;
}

/**
 * Turns `localhost:4317` into `http://localhost:4317`. Exporters use TLS for an address without a scheme, and a local
 * collector has no TLS. Other addresses are unchanged.
 */
function withScheme(endpoint: string | undefined): string | undefined {
  const isLocal = /^(localhost|0\.0\.0\.0|127(\.\d+){3}|\[::1?\])(:\d+)?$/i.test(endpoint ?? '');
  return isLocal ? `http://${endpoint}` : endpoint;
}

/** The complete environment of a process: the machine's basics, the shared variables, its own, and its name. */
export function processEnvironment(
  spec: ProcessSpec,
  shared: Readonly<Record<string, string>>,
  callers: Environment,
  machine: Environment,
): Record<string, string> {
  const own = Object.entries(spec.env)
    .filter(([name]) => !isOverride(name, callers))
    .map(([name, value]) => [name, expand(value, shared, `${name} of ${spec.name}`)]);
  const instance = spec.service ? `,service.instance.id=${spec.name}` : '';
  const all: Record<string, string | undefined> = {
    ...Object.fromEntries(BASICS.map((name) => [name, machine[name]])),
    ...shared,
    ...Object.fromEntries(own),
    OTEL_SERVICE_NAME: spec.service ?? spec.name,
    OTEL_RESOURCE_ATTRIBUTES: `${shared.OTEL_RESOURCE_ATTRIBUTES}${instance}`,
  };
  return Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => {
      return entry[1] !== undefined && entry[1] !== '' && (spec.traced || !entry[0].startsWith('OTEL_'));
    }),
  );
}

/** Replaces every `${NAME}` in `text` with the value of NAME. @throws SystemError that names `where` when unset */
export function expand(text: string, values: Environment, where: string): string {
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new SystemError(
      `${where} uses \${${name}}, which no process of the system has. Known: ${Object.keys(values).join(', ')}`,
    );
  });
}

function isOverride(name: string, env: Environment): boolean {
  return FOR_PROCESSES.test(name) && !NEVER.has(name) && env[name] !== undefined;
}

/** Resource attributes that identify the run; the caller's values win. */
function resourceAttributes(given: string | undefined, namespace: string): string {
  const ours = {
    'service.namespace': namespace,
    // One version for the whole repository.
    'service.version': manifest.version,
    'deployment.environment.name': 'development',
  };
  const named = new Set(given?.split(',').map((pair) => pair.split('=')[0]?.trim()));
  const missing = Object.entries(ours).filter(([name]) => !named.has(name));
  return [...(given ? [given] : []), ...missing.map((pair) => pair.join('='))].join(',');
}
