import { withReplicas } from '@hotel/system';
import { describe, expect, it } from 'vitest';
import { PLAIN } from '../../cli/terminal.ts';
import { findSystem } from '../../systems/examples.ts';
import { hotel } from '../../systems/hotel.ts';
import { withoutViewer } from '../external.ts';
import { externalBackend, viewerBackend } from './backend.ts';
import { banner } from './banner.ts';

type Environment = Record<string, string>;

/** Offset of every port. */
const OFFSET = 20_000;

async function bannerOf(example?: string, step?: string, env: Environment = {}): Promise<string> {
  const found = await findSystem(example, step);
  const collector = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const system = collector ? withoutViewer(found) : found;
  const ports = Object.fromEntries(
    system.processes.flatMap((spec) => Object.entries(spec.ports)).map(([name, port]) => [name, port + OFFSET]),
  );
  return banner({
    system,
    ports,
    portOffset: OFFSET,
    backend: collector ? externalBackend(collector, env) : viewerBackend(ports.VIEWER_PORT),
    env,
    redis: system.redis
      ? { where: 'redis://127.0.0.1:41234', how: 'redis-server of this distribution, unpacked' }
      : undefined,
    dataDir: `.hotel/${example ? `examples/${example}` : 'data'}`,
    terminal: PLAIN,
  });
}

describe.each([
  [undefined, undefined],
  ['bands', '1'],
  ['bands', '6'],
  ['reservations', undefined],
  ['shop', undefined],
])('of %s, step %s', (example, step) => {
  it('fits 80 columns and lists every process with its address', async () => {
    const text = await bannerOf(example, step);
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    for (const { name, about } of (await findSystem(example, step)).processes) {
      expect(text).toMatch(new RegExp(`^ {2}${name} +http://localhost:\\d+\\S* +${about}$`, 'm'));
    }
  });
});

it('suggests a curl command and pages to open, with the ports of this run', async () => {
  const text = await bannerOf();
  expect(text).toContain(`
    curl localhost:28080/api/v1/bookings/ \\
      -H 'content-type: application/json' \\
      -d '{"room_id": 1, "start": "2027-02-04", "end": "2027-02-06"}'
`);
  expect(text).toContain('its trace  npx -y pnpm@12 trace last\n');
  expect(text).toContain('in pages   http://localhost:36686/search\n');
  expect(text).toContain("curl 'localhost:28081/api/v1/days?start=2027-02-04&end=2027-02-06'\n");
  expect(await bannerOf('shop')).toContain(
    "curl -X POST 'localhost:28000/orders?user_id=123&product_id=1&quantity=2'\n",
  );
});

it('suggests commands with the port offset of the run', async () => {
  expect(await bannerOf('bands', '2')).toMatch(/--filter examples bands --step=2 --port-offset=20000$/m);
});

it('suggests no trace without tracing', async () => {
  for (const text of [
    await bannerOf('bands', '1'),
    await bannerOf(undefined, undefined, { OTEL_SDK_DISABLED: 'true' }),
  ]) {
    expect(text).toContain('Tracing is off.');
    expect(text).not.toMatch(/trace last|in pages/);
  }
  expect(await bannerOf('bands', '2')).toContain('trace last');
});

it.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger.lan:4317' }, /^ {2}jaeger +http:\/\/jaeger\.lan:16686/m],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '0.0.0.0:4317' }, /^ {2}jaeger +http:\/\/localhost:16686/m],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://tempo.lan:4317', TEMPO_QUERY_URL: 'http://tempo.lan:3200/' },
    /^ {2}tempo +http:\/\/tempo\.lan:3200/m,
  ],
])('names the backend that is in use: %j', async (env, row) => {
  const text = await bannerOf(undefined, undefined, env as Environment);
  expect(text).toMatch(row);
  expect(text).toContain(`shows the traces sent to ${env.OTEL_EXPORTER_OTLP_ENDPOINT}`);
  expect(text).not.toMatch(/^ {2}viewer/m);
});

it('has a process for everything that the hotel promises', () => {
  expect(hotel.processes.every(({ about }) => about)).toBe(true);
});

it('shows the replicas of a service on one line, and PostgreSQL', () => {
  const system = withReplicas(hotel, 3);
  const ports = Object.assign({}, ...system.processes.map((spec) => spec.ports)) as Record<string, number>;
  const text = banner({
    system,
    ports,
    portOffset: 0,
    backend: viewerBackend(ports.VIEWER_PORT),
    env: {},
    postgres: { where: '127.0.0.1:25432', how: 'PostgreSQL 17 in /usr/lib/postgresql/17/bin' },
    dataDir: '.hotel/data',
    terminal: PLAIN,
  });
  expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(text.match(/^ {2}\S+ +\S+:\d+/gm)?.map((line) => line.trim().replace(/ +/, ' '))).toEqual([
    'viewer http://localhost:16686',
    'dispo-1..3 http://localhost:8080',
    'cleaning-1..3 http://localhost:8081',
    'cleaning-worker-1..3 http://localhost:9082',
    'postgres 127.0.0.1:25432',
  ]);
});
