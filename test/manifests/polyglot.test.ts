import { system } from 'examples/polyglot';
import { describe, expect, it } from 'vitest';
import { allowedConnections } from './checks/network.ts';
import { podsAreRestricted } from './checks/pod-security.ts';
import { schemaProblems } from './checks/quantities.ts';
import * as rules from './checks/rules.ts';
import { updatesKeepServing } from './checks/scaling.ts';
import { typeProblems } from './checks/types.ts';
import { locateKustomize } from './kustomize.ts';
import { Manifests } from './objects.ts';

const FOLDER = 'examples/polyglot/deploy';
const kustomize = await locateKustomize();
const manifests = new Manifests((await kustomize?.render(FOLDER)) ?? '');
const WORKER = 'cleaning-python';

describe.skipIf(!kustomize)(`the manifests of ${FOLDER}`, () => {
  it('conform to the types of the Kubernetes API, in one namespace', async () => {
    expect(await typeProblems({ polyglot: manifests.all })).toEqual([]);
    expect(manifests.all.flatMap(schemaProblems)).toEqual([]);
    const namespaces = manifests.all.map(({ kind, metadata }) =>
      kind === 'Namespace' ? metadata.name : metadata.namespace,
    );
    expect(new Set(namespaces)).toEqual(new Set(['polyglot']));
  });

  it.each([
    ['select by existing labels', rules.selectorsMatchLabels],
    ['label every pod in full', rules.everythingIsLabelled],
    ['name existing ports', rules.namedPortsExist],
    ['refer to existing objects', rules.referencesExist([])],
    ['give stored data one owner', rules.storageHasOneOwner],
    ['let a drain of their node end', rules.drainsCanEnd],
    ['keep every replica of a rolling update serving', updatesKeepServing],
    ['bound every container', rules.containersAreBounded],
    ['pass the restricted Pod Security Standard, and more', podsAreRestricted],
  ])('%s', (_, rule) => {
    expect(rule(manifests)).toEqual([]);
  });

  it('run the services of the system on its ports, and no worker in TypeScript', () => {
    const services = system.processes.filter(({ traced }) => traced).map(({ name }) => name);
    const containers = manifests.pods().flatMap(({ spec }) => spec.containers);
    expect(containers.map(({ name }) => name).sort()).toEqual([...services, 'jaeger', 'redis'].sort());
    for (const { name, ports } of system.processes.filter(({ traced }) => traced)) {
      const found = containers.find((one) => one.name === name)?.ports?.map(({ containerPort }) => containerPort);
      expect(found, name).toEqual(expect.arrayContaining(Object.values(ports)));
    }
    const worker = containers.find(({ name }) => name === WORKER);
    expect(worker).toMatchObject({
      image: 'polyglot:0.1.0',
      livenessProbe: { httpGet: { path: '/livez', port: 'http' } },
      readinessProbe: { httpGet: { path: '/readyz', port: 'http' } },
    });
    for (const [variable, url] of [
      ['DISPO_INTERNAL_URL', 'http://dispo:9080'],
      ['CLEANING_INTERNAL_URL', 'http://cleaning:9081'],
    ]) {
      expect(worker?.env).toContainEqual({ name: variable, value: url });
    }
  });

  it('allow exactly the connections of the example', () => {
    const dns = ['dispo', 'cleaning', WORKER, 'redis', 'jaeger'].flatMap((pod) => [
      `${pod} -> kube-dns:53/TCP`,
      `${pod} -> kube-dns:53/UDP`,
    ]);
    expect([...allowedConnections(manifests)].sort()).toEqual(
      [
        ...['dispo:8080', 'cleaning:8081', `${WORKER}:9083`].map((target) => `world -> ${target}`),
        ...['dispo:9180', 'cleaning:9181'].map((target) => `monitoring/prometheus -> ${target}`),
        ...['cleaning:9081', 'redis:6379', 'jaeger:4318'].map((target) => `dispo -> ${target}`),
        'cleaning -> jaeger:4318',
        ...['dispo:9080', 'cleaning:9081', 'redis:6379', 'jaeger:4317'].map((target) => `${WORKER} -> ${target}`),
        ...dns,
      ].sort(),
    );
  });
});
