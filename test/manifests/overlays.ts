import { hotel } from 'dev/system';

/** The number of a port of the system. */
export const port = (variable: string): number => {
  for (const { ports } of hotel.processes) {
    const found = (ports as Record<string, number>)[variable];
    if (found !== undefined) return found;
  }
  throw new Error(`the system has no port ${variable}`);
};

/** The connections of the architecture. `worker` is the pod that the worker runs in. */
const arrowsOf = (worker: 'cleaning' | 'cleaning-worker') => [
  `world -> dispo:${port('DISPO_PORT')}`,
  `world -> cleaning:${port('CLEANING_PORT')}`,
  `dispo -> cleaning:${port('CLEANING_INTERNAL_PORT')}`,
  `${worker} -> dispo:${port('DISPO_INTERNAL_PORT')}`,
  ...['dispo:9180', 'cleaning:9181', `${worker}:9182`].map((metrics) => `monitoring/prometheus -> ${metrics}`),
  'dispo -> redis:6379',
  `${worker} -> redis:6379`,
  ...dnsOf('dispo', 'cleaning', 'redis'),
];
const SCALED = ['dispo', 'cleaning', 'cleaning-worker'];
const otlp = port('OTLP_HTTP_PORT');
const to = (target: string, from = ['dispo', 'cleaning']) => from.map((pod) => `${pod} -> ${target}`);
const spansTo = (receiver: string, from?: string[]) => to(`${receiver}:${otlp}`, from);
const dnsOf = (...pods: string[]) => pods.flatMap((pod) => [`${pod} -> kube-dns:53/UDP`, `${pod} -> kube-dns:53/TCP`]);

const PUBLIC = 'not-a-secret';
const DEV_SECRETS = { redis: { password: PUBLIC } };
const PRODUCTION_SECRETS = ['Secret redis key password', 'Secret api key tokens', 'Secret internal key token'];
const databaseSecret = (name: string) => ({
  password: PUBLIC,
  uri: `postgres://${name}:${PUBLIC}@postgres:5432/${name}?sslmode=disable`,
});

interface Overlay {
  /** Secrets that must be created by hand. */
  fromOutside?: string[];
  arrows: string[];
  /** The fixed, public Secrets of an overlay for a laptop. */
  secrets?: Record<string, Record<string, string>>;
}

const tempo: Overlay = {
  arrows: [
    ...arrowsOf('cleaning'),
    ...spansTo('otel-collector'),
    ...['tempo:4318', 'loki:3100'].map((target) => `otel-collector -> ${target}`),
    ...['dispo:9180', 'cleaning:9181', 'cleaning:9182', 'otel-collector:8889'].map((one) => `prometheus -> ${one}`),
    ...['tempo:3200', 'loki:3100', 'prometheus:9090'].map((target) => `grafana -> ${target}`),
    ...dnsOf('tempo', 'grafana', 'loki', 'prometheus', 'otel-collector'),
  ],
  secrets: DEV_SECRETS,
};
const scaled: Overlay = {
  arrows: [
    ...arrowsOf('cleaning-worker'),
    ...spansTo('jaeger', SCALED),
    ...to('postgres:5432', SCALED),
    ...dnsOf('cleaning-worker', 'jaeger', 'postgres'),
  ],
  secrets: {
    ...DEV_SECRETS,
    'dispo-database': databaseSecret('dispo'),
    'cleaning-database': databaseSecret('cleaning'),
  },
};
/** What the overlays must contain. */
export const OVERLAYS: Record<string, Overlay> = {
  dev: { arrows: [...arrowsOf('cleaning'), ...spansTo('jaeger'), ...dnsOf('jaeger')], secrets: DEV_SECRETS },
  'dev-viewer': { arrows: [...arrowsOf('cleaning'), ...spansTo('viewer'), ...dnsOf('viewer')], secrets: DEV_SECRETS },
  'dev-grafana': tempo,
  'dev-tempo-3': tempo,
  scaled,
  'scaled-keda': scaled,
  production: { fromOutside: PRODUCTION_SECRETS, arrows: [...arrowsOf('cleaning'), ...spansTo('otel-collector')] },
  'production-scaled': {
    fromOutside: [...PRODUCTION_SECRETS, 'Secret dispo-database key uri', 'Secret cleaning-database key uri'],
    arrows: [
      ...arrowsOf('cleaning-worker'),
      ...spansTo('otel-collector', SCALED),
      ...to('203.0.113.0/24:5432', SCALED),
      ...dnsOf('cleaning-worker'),
    ],
  },
};
export const isProduction = (name: string) => name.startsWith('production');
