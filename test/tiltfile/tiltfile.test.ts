import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { imageName } from '../manifests/checks/system.ts';
import { locateKustomize, ROOT } from '../manifests/kustomize.ts';
import { everyContainer, Manifests } from '../manifests/objects.ts';
import { type Call, locateStarlark, type TiltInput } from './execute.ts';

const execute = await locateStarlark();
const kustomize = await locateKustomize();

const input: TiltInput = { settings: {}, context: 'kind-hotel', subcommand: 'up', objects: {} };
const executed = new Map<string, Promise<Call[]>>();
/** The calls of the Tiltfile for `input` with these changes. Each input is executed once. */
function tilt(changes: Partial<TiltInput> = {}): Promise<Call[]> {
  const key = JSON.stringify(changes);
  const calls = executed.get(key) ?? execute?.({ ...input, ...changes }) ?? Promise.resolve([]);
  executed.set(key, calls);
  return calls;
}
const of = (calls: Call[], name: string) => calls.filter(({ call }) => call === name);
const named = (calls: Call[], name: string, first: string) =>
  of(calls, name).find(({ args }) => args[0] === first)?.kwargs;

/** Arguments of Tilt's functions (docs.tilt.dev/api.html), as far as the Tiltfile uses them. */
const KEYWORDS: Record<string, string[]> = {
  'config.define_string': ['usage'],
  'config.define_bool': ['usage'],
  docker_build: ['dockerfile', 'target', 'only', 'live_update'],
  k8s_resource: ['port_forwards', 'resource_deps', 'links', 'labels'],
  local_resource: ['env', 'auto_init', 'trigger_mode', 'resource_deps', 'labels'],
};

/** Settings, and the overlay that they deploy. */
const RUNS: Array<[settings: TiltInput['settings'], overlay: string]> = [
  [{ backend: 'jaeger' }, 'deploy/overlays/dev'],
  [{ backend: 'grafana' }, 'deploy/overlays/dev-grafana'],
  [{ backend: 'viewer' }, 'deploy/overlays/dev-viewer'],
  [{ scaled: true }, 'deploy/overlays/scaled'],
];

const port = (variable: string): number => {
  for (const { ports } of hotel.processes) {
    const found = (ports as Record<string, number>)[variable];
    if (found !== undefined) return found;
  }
  throw new Error(`the system has no port ${variable}`);
};

describe.skipIf(!execute)('the Tiltfile', () => {
  it('stays short', () => {
    expect(readFileSync(join(ROOT, 'Tiltfile'), 'utf8').split('\n').length).toBeLessThanOrEqual(140);
  });

  it.each(RUNS)('with %j applies %s', async (settings, overlay) => {
    const calls = await tilt({ settings });
    expect(of(calls, 'k8s_yaml').map(({ args }) => (args[0] as Call).args[0])).toEqual([overlay]);
    expect(existsSync(join(ROOT, overlay, 'kustomization.yaml'))).toBe(true);
  });

  it('runs Jaeger by default', async () => {
    expect(await tilt()).toEqual(await tilt({ settings: { backend: 'jaeger' } }));
  });

  it('passes only supported arguments to Tilt', async () => {
    for (const [settings] of RUNS) {
      for (const { call, kwargs } of await tilt({ settings })) {
        expect(KEYWORDS[call] ?? []).toEqual(expect.arrayContaining(Object.keys(kwargs)));
      }
    }
  });

  it("forwards the public ports of the system, the traces' page and OTLP", async () => {
    const forwarded = of(await tilt(), 'k8s_resource').flatMap(({ args, kwargs }) =>
      ((kwargs.port_forwards ?? []) as number[]).map((number) => `${args[0]} ${number}`),
    );
    expect(forwarded.sort()).toEqual([
      `cleaning ${port('CLEANING_PORT')}`,
      `dispo ${port('DISPO_PORT')}`,
      `jaeger ${port('VIEWER_PORT')}`,
      `jaeger ${port('OTLP_GRPC_PORT')}`,
    ]);
  });

  it.each(RUNS)('with %j builds exactly our own images that %s contains', async (settings, overlay) => {
    if (!kustomize) return;
    const manifests = new Manifests(await kustomize.render(overlay));
    const deployed = manifests.pods().flatMap(everyContainer).map(imageName);
    const own = new Set(deployed.filter((name) => existsSync(join(ROOT, name, 'Dockerfile'))));
    const calls = await tilt({ settings });
    const built = of(calls, 'docker_build').map(({ args }) => args[0]);
    expect(new Set(built)).toEqual(own);
    const workloads = new Set(manifests.pods().map(({ name }) => name));
    expect(new Set(of(calls, 'k8s_resource').map(({ args }) => args[0]))).toEqual(workloads);
  });

  it('builds from files that exist, and syncs sources to where the pod has its volume', async () => {
    for (const { args, kwargs } of of(await tilt(), 'docker_build')) {
      const paths = [kwargs.dockerfile as string, ...(kwargs.only as string[])];
      for (const path of paths) expect(existsSync(join(ROOT, path)), path).toBe(true);
      expect(kwargs.target).toBe('dev');
      const [fallBack, ...syncs] = kwargs.live_update as Call[];
      expect(fallBack?.call).toBe('fall_back_on');
      expect(syncs.map((one) => one.args)).toEqual([
        ['packages', '/app/packages'],
        [`${args[0]}/src`, `/app/${args[0]}/src`],
      ]);
    }
  });

  it('labels every resource, and starts it after those that it depends on', async () => {
    const calls = await tilt();
    const resources = [...of(calls, 'k8s_resource'), ...of(calls, 'local_resource')];
    for (const { args, kwargs } of resources) expect(kwargs.labels, String(args[0])).toHaveLength(1);
    expect(named(calls, 'k8s_resource', 'dispo')?.resource_deps).toEqual(['redis', 'jaeger']);
    const scaled = await tilt({ settings: { scaled: true } });
    for (const name of ['dispo', 'cleaning', 'cleaning-worker']) {
      expect(named(scaled, 'k8s_resource', name)?.resource_deps).toEqual(['redis', 'jaeger', 'postgres']);
    }
    const names = resources.map(({ args }) => args[0]);
    const needed = resources.flatMap(({ kwargs }) => (kwargs.resource_deps ?? []) as string[]);
    expect(names).toEqual(expect.arrayContaining(needed));
  });

  it('books automatically in `tilt ci`, and only manually in `tilt up`', async () => {
    const booking = async (subcommand: 'up' | 'ci') =>
      named(await tilt({ subcommand }), 'local_resource', 'book a room');
    expect(await booking('up')).toMatchObject({ auto_init: false, trigger_mode: 'manual' });
    expect(await booking('ci')).toMatchObject({ auto_init: true });
    const automatic = of(await tilt({ subcommand: 'ci' }), 'local_resource').filter(({ kwargs }) => kwargs.auto_init);
    expect(automatic.map(({ args }) => args[0])).toEqual(['book a room']);
  });

  it.each([
    ['jaeger', { JAEGER_QUERY_URL: `http://localhost:${port('VIEWER_PORT')}` }],
    ['grafana', { TEMPO_QUERY_URL: 'http://localhost:3200', GRAFANA_URL: 'http://localhost:3000' }],
  ])('with the backend %s, its commands read traces from there', async (backend, read) => {
    const booking = named(await tilt({ settings: { backend } }), 'local_resource', 'book a room');
    expect(booking?.env).toEqual({
      DISPO_URL: `http://localhost:${port('DISPO_PORT')}`,
      CLEANING_URL: `http://localhost:${port('CLEANING_PORT')}`,
      ...read,
    });
  });

  it('has commands for scripts that the repository has', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const commands = of(await tilt(), 'local_resource').map(({ args }) => String(args[1]));
    const used = commands.flatMap((command) => /^npx -y pnpm@12 (\S+)$/.exec(command)?.[1] ?? []);
    expect(used).toEqual(['book', 'test:target']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(used));
  });

  it("resets the services' files, or their databases on PostgreSQL", async () => {
    const commands = async (settings: TiltInput['settings']) =>
      String(of(await tilt({ settings }), 'local_resource').find(({ args }) => args[0] === 'reset data')?.args[1]);
    expect(await commands({})).toMatch(
      /deploy\/dispo .*find \/data.*deploy\/cleaning .*find \/data.*FLUSHALL.*delete pod/,
    );
    expect(await commands({ scaled: true })).toMatch(
      /DROP DATABASE dispo.*DROP DATABASE cleaning.*FLUSHALL.*delete pod/,
    );
  });

  it('builds the image of the worker in Python for the example that has one', async () => {
    const calls = await tilt({ settings: { example: 'polyglot' }, objects: { 'examples/polyglot/deploy': [] } });
    const { dockerfile, only } = named(calls, 'docker_build', 'polyglot') ?? {};
    for (const path of [dockerfile, ...(only as string[])]) expect(existsSync(join(ROOT, String(path)))).toBe(true);
    expect(named(calls, 'docker_build', 'examples')).toBeUndefined();
  });

  it('adds an example under separate names and ports', async () => {
    const ports = [
      { name: 'http', containerPort: 8000 },
      { name: 'internal', containerPort: 9000 },
    ];
    const deployment = {
      kind: 'Deployment',
      metadata: { name: 'bands-api' },
      spec: { template: { spec: { containers: [{ ports }] } } },
    };
    const objects = { 'examples/bands/deploy': [deployment] };
    const calls = await tilt({ settings: { example: 'bands' }, objects });
    expect(of(calls, 'docker_build').map(({ args }) => args[0])).toContain('examples');
    const forwards = named(calls, 'k8s_resource', 'bands-bands-api')?.port_forwards as Call[];
    expect(forwards.map(({ args }) => args)).toEqual([[18_000, 8_000]]);
    expect(of(calls, 'resource_name').map(({ args }) => args[0])).toEqual(['jaeger', 'bands-jaeger']);
  });

  it.each([
    [
      'a context that is not local',
      { context: 'gke_company_production' },
      /gke_company_production is not a cluster on this machine/,
    ],
    ['an unknown backend', { settings: { backend: 'zipkin' } }, /no backend zipkin; choose one of jaeger/],
    ['several replicas with another backend', { settings: { scaled: true, backend: 'viewer' } }, /not with viewer/],
    ['an example without manifests', { settings: { example: 'none' } }, /no examples\/none\/deploy/],
  ])('rejects %s', async (_, changes, message) => {
    await expect(tilt(changes)).rejects.toThrow(message);
  });
});
