import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hotel } from 'dev/system';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { locateKustomize, ROOT } from './kustomize.ts';
import { allowedConnections } from './network.ts';
import { Manifests } from './objects.ts';
import { podsAreRestricted } from './pod-security.ts';
import { schemaProblems } from './quantities.ts';
import * as rules from './rules.ts';
import { containersAreTheSystems, probeProblems } from './system.ts';
import { typeProblems } from './types.ts';

const kustomize = await locateKustomize();

const port = (variable: string): number => {
  for (const { ports } of hotel.processes) {
    const found = (ports as Record<string, number>)[variable];
    if (found !== undefined) return found;
  }
  throw new Error(`the system has no port ${variable}`);
};

/** The connections of the architecture. */
const ARROWS = [
  `world -> dispo:${port('DISPO_PORT')}`,
  `world -> cleaning:${port('CLEANING_PORT')}`,
  `dispo -> cleaning:${port('CLEANING_INTERNAL_PORT')}`,
  `cleaning -> dispo:${port('DISPO_INTERNAL_PORT')}`,
  ...['dispo:9180', 'cleaning:9181', 'cleaning:9182'].map((metrics) => `monitoring/prometheus -> ${metrics}`),
  'dispo -> redis:6379',
  'cleaning -> redis:6379',
];
const otlp = port('OTLP_HTTP_PORT');
const spansTo = (receiver: string) => [`dispo -> ${receiver}:${otlp}`, `cleaning -> ${receiver}:${otlp}`];
const dnsOf = (...pods: string[]) => pods.flatMap((pod) => [`${pod} -> kube-dns:53/UDP`, `${pod} -> kube-dns:53/TCP`]);

const OVERLAYS: Record<string, { fromOutside: string[]; arrows: string[] }> = {
  dev: { fromOutside: [], arrows: [...spansTo('jaeger'), ...dnsOf('jaeger')] },
  'dev-viewer': { fromOutside: [], arrows: [...spansTo('viewer'), ...dnsOf('viewer')] },
  'dev-grafana': {
    fromOutside: [],
    arrows: [...spansTo('tempo'), 'grafana -> tempo:3200', ...dnsOf('tempo', 'grafana')],
  },
  'dev-tempo-3': {
    fromOutside: [],
    arrows: [...spansTo('tempo'), 'grafana -> tempo:3200', ...dnsOf('tempo', 'grafana')],
  },
  production: {
    fromOutside: ['Secret redis key password', 'Secret api key tokens', 'Secret internal key token'],
    arrows: spansTo('otel-collector'),
  },
};

const manifests: Record<string, Manifests> = {};
beforeAll(async () => {
  if (!kustomize) return;
  for (const name of Object.keys(OVERLAYS)) {
    manifests[name] = new Manifests(await kustomize.render(`deploy/overlays/${name}`));
  }
});
const settingsOf = (name: string): Record<string, string> =>
  rendered(name)
    .of('ConfigMap')
    .find(({ metadata }) => metadata.name.startsWith('hotel'))?.data ?? {};
const rendered = (name: string): Manifests => manifests[name] ?? new Manifests('');

describe.skipIf(!kustomize)('the manifests', () => {
  it('conform to the types of the Kubernetes API', async () => {
    const objects = Object.entries(manifests).map(([name, { all }]) => [name, all] as const);
    expect(await typeProblems(Object.fromEntries(objects))).toEqual([]);
  });

  describe.each(Object.entries(OVERLAYS))('of %s', (name, { fromOutside, arrows }) => {
    it('have values that the Kubernetes API accepts', () => {
      expect(rendered(name).all.flatMap(schemaProblems)).toEqual([]);
    });

    it('are all in one namespace', () => {
      const namespaces = rendered(name).all.map(({ kind, metadata }) =>
        kind === 'Namespace' ? metadata.name : metadata.namespace,
      );
      expect(new Set(namespaces)).toEqual(new Set(['hotel']));
    });

    it.each([
      ['select by a label that is there', rules.selectorsMatchLabels],
      ['label every pod in full', rules.everythingIsLabelled],
      ['name ports that exist', rules.namedPortsExist],
      ['refer to what exists', rules.referencesExist(fromOutside)],
      ['give stored data one owner', rules.storageHasOneOwner],
      ['let a drain of their node end', rules.drainsCanEnd],
      ['bound every container', rules.containersAreBounded],
      ['pass the restricted Pod Security Standard, and more', podsAreRestricted],
      ["run the system's processes on the system's ports", containersAreTheSystems],
    ])('%s', (_, rule) => {
      expect(rule(rendered(name))).toEqual([]);
    });

    it('probe routes that exist', async () => {
      expect(await probeProblems(rendered(name))).toEqual([]);
    });

    it('allow exactly the connections of the architecture', () => {
      const expected = [...ARROWS, ...arrows, ...dnsOf('dispo', 'cleaning', 'redis')];
      expect([...allowedConnections(rendered(name))].sort()).toEqual(expected.sort());
    });

    it('contain no secret except the fixed, public one of the dev overlays', () => {
      const passwords = rendered(name)
        .of('Secret')
        .map(({ stringData }) => stringData);
      expect(passwords).toEqual(name === 'production' ? [] : [{ password: 'not-a-secret' }]);
    });

    it("carry the version of the repository's package.json", () => {
      const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
      for (const { labels } of rendered(name).pods()) expect(labels['app.kubernetes.io/version']).toBe(version);
      const own = rendered(name)
        .pods()
        .flatMap(({ spec }) => [...(spec.initContainers ?? []), ...spec.containers])
        .filter(({ image = '' }) => /^(dispo|cleaning|viewer)\b/.test(image));
      for (const { image } of own) expect(image).toMatch(new RegExp(`:${version.replaceAll('.', '\\.')}$`));
    });
  });

  it("link to an overlay's trace pages, or nowhere if there are none", () => {
    const pages = Object.keys(OVERLAYS).map((name) => [name, settingsOf(name).JAEGER_QUERY_URL]);
    const forwarded = `http://localhost:${port('VIEWER_PORT')}`;
    expect(Object.fromEntries(pages)).toEqual({
      ...{ dev: forwarded, 'dev-viewer': forwarded },
      ...{ 'dev-grafana': undefined, 'dev-tempo-3': undefined, production: undefined },
    });
  });

  it('name the environment of every span', () => {
    const environments = Object.keys(OVERLAYS).map((name) => settingsOf(name).ENVIRONMENT);
    expect(environments).toEqual([...environments.slice(1).map(() => 'development'), 'production']);
  });

  it('detect no host name in a container', () => {
    for (const name of Object.keys(OVERLAYS)) {
      expect(settingsOf(name).OTEL_NODE_RESOURCE_DETECTORS?.split(',')).toEqual(
        expect.not.arrayContaining(['host', 'all']),
      );
    }
  });

  it("have a configuration of the version of Tempo that they run, with no other version's sections", () => {
    const sections = (name: string) => {
      const image = rendered(name).one('Deployment', 'tempo').spec?.template.spec?.containers[0]?.image ?? '';
      const [config] = rendered(name)
        .of('ConfigMap')
        .filter(({ metadata }) => metadata.name.startsWith('tempo'));
      const { ingester, compactor, live_store: liveStore } = parse(config?.data?.['tempo.yaml'] ?? '');
      const major = Number(/:(\d+)\./.exec(image)?.[1]);
      return { major, ingester, hasCompactor: compactor !== undefined, liveStore };
    };
    const soon = { flush_check_period: '1s' };
    expect(sections('dev-grafana')).toEqual({
      ...{ major: 2, ingester: { ...soon, trace_idle_period: '1s' } },
      ...{ hasCompactor: true, liveStore: undefined },
    });
    expect(sections('dev-tempo-3')).toEqual({
      ...{ major: 3, ingester: undefined },
      ...{ hasCompactor: false, liveStore: { ...soon, max_trace_idle: '1s' } },
    });
  });

  it("disable the tracing of Jaeger's own queries", () => {
    const [config] = rendered('dev')
      .of('ConfigMap')
      .filter(({ metadata }) => metadata.name.startsWith('jaeger'));
    expect(parse(config?.data?.['config.yaml'] ?? '').extensions.jaeger_query).toMatchObject({ enable_tracing: false });
  });

  it('let callers continue their traces in dev, and never in production', () => {
    const edge = (name: string) => settingsOf(name).HOTEL_TRACE_EDGE;
    expect([edge('dev'), edge('production')]).toEqual(['continue', 'restart']);
  });

  it('keep the live-updated sources of dev in a volume, with the root file system read-only', () => {
    for (const folder of ['dispo', 'cleaning']) {
      const pod = rendered('dev').one('Deployment', folder).spec?.template.spec;
      const paths = pod?.containers.map(({ volumeMounts }) =>
        volumeMounts?.filter(({ name }) => name === 'source').map(({ mountPath }) => mountPath),
      );
      for (const mounted of paths ?? []) expect(mounted).toEqual([`/app/${folder}`, '/app/packages']);
      expect(pod?.initContainers?.[0]?.image).toBe(pod?.containers[0]?.image);
    }
  });
});
