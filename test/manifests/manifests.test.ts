import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { allowedConnections } from './checks/network.ts';
import { podsAreRestricted } from './checks/pod-security.ts';
import { schemaProblems } from './checks/quantities.ts';
import * as rules from './checks/rules.ts';
import { poolsFit, scalersHaveTargets, updatesKeepServing } from './checks/scaling.ts';
import { containersAreTheSystems, probeProblems } from './checks/system.ts';
import { typeProblems } from './checks/types.ts';
import { locateKustomize, ROOT } from './kustomize.ts';
import { Manifests } from './objects.ts';
import { isProduction, OVERLAYS, port } from './overlays.ts';

const kustomize = await locateKustomize();

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

  describe.each(Object.entries(OVERLAYS))('of %s', (name, { fromOutside = [], arrows, secrets = {} }) => {
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
      ['select by existing labels', rules.selectorsMatchLabels],
      ['label every pod in full', rules.everythingIsLabelled],
      ['name existing ports', rules.namedPortsExist],
      ['refer to existing objects', rules.referencesExist(fromOutside)],
      ['give stored data one owner', rules.storageHasOneOwner],
      ['let a drain of their node end', rules.drainsCanEnd],
      ['keep every replica of a rolling update serving', updatesKeepServing],
      ['scale existing Deployments', scalersHaveTargets],
      ['leave PostgreSQL a connection for every pool', poolsFit],
      ['bound every container', rules.containersAreBounded],
      ['pass the restricted Pod Security Standard, and more', podsAreRestricted],
      ["run the system's processes on the system's ports", containersAreTheSystems],
    ])('%s', (_, rule) => {
      expect(rule(rendered(name))).toEqual([]);
    });

    it('probe existing routes', async () => {
      expect(await probeProblems(rendered(name))).toEqual([]);
    });

    it('allow exactly the connections of the architecture', () => {
      expect([...allowedConnections(rendered(name))].sort()).toEqual(arrows.toSorted());
    });

    it('contain no secret except the fixed, public ones for a laptop', () => {
      const found = rendered(name)
        .of('Secret')
        .map(({ metadata, stringData }) => [metadata.name, stringData]);
      expect(Object.fromEntries(found)).toEqual(secrets);
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
      ...{ dev: forwarded, 'dev-viewer': forwarded, scaled: forwarded, 'scaled-keda': forwarded },
      ...{ 'dev-grafana': undefined, 'dev-tempo-3': undefined },
      ...{ production: undefined, 'production-scaled': undefined },
    });
  });

  it('name the environment of every span', () => {
    for (const name of Object.keys(OVERLAYS)) {
      expect(settingsOf(name).ENVIRONMENT, name).toBe(isProduction(name) ? 'production' : 'development');
    }
  });

  it('detect no host name in a container', () => {
    for (const name of Object.keys(OVERLAYS)) {
      expect(settingsOf(name).OTEL_NODE_RESOURCE_DETECTORS?.split(',')).toEqual(
        expect.not.arrayContaining(['host', 'all']),
      );
    }
  });

  it('configure the version of Tempo that they run', () => {
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
    for (const name of Object.keys(OVERLAYS)) {
      expect(settingsOf(name).HOTEL_TRACE_EDGE, name).toBe(isProduction(name) ? 'restart' : 'continue');
    }
  });

  it('keep the live-updated sources of dev in a volume, with the root file system read-only', () => {
    for (const [overlay, name, folder] of [
      ['dev', 'dispo', 'dispo'],
      ['dev', 'cleaning', 'cleaning'],
      ['scaled', 'dispo', 'dispo'],
      ['scaled', 'cleaning', 'cleaning'],
      ['scaled', 'cleaning-worker', 'cleaning'],
    ] as const) {
      const pod = rendered(overlay).one('Deployment', name).spec?.template.spec;
      const paths = pod?.containers.map(({ volumeMounts }) =>
        volumeMounts?.filter(({ name }) => name === 'source').map(({ mountPath }) => mountPath),
      );
      for (const mounted of paths ?? []) expect(mounted).toEqual([`/app/${folder}`, '/app/packages']);
      expect(pod?.initContainers?.[0]?.image).toBe(pod?.containers[0]?.image);
    }
  });
});
