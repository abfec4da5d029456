import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, it } from 'vitest';
import { allowedConnections } from './checks/network.ts';
import { podsAreRestricted } from './checks/pod-security.ts';
import { schemaProblems } from './checks/quantities.ts';
import * as rules from './checks/rules.ts';
import { containersAreTheSystems, probeProblems } from './checks/system.ts';
import { typeProblems } from './checks/types.ts';
import { locateKustomize } from './kustomize.ts';
import { type KubernetesObject, Manifests } from './objects.ts';

const kustomize = await locateKustomize();
const good = (await kustomize?.render('deploy/overlays/dev')) ?? '';

function broken(breakIt: (manifests: Manifests) => void): Manifests {
  const manifests = new Manifests(good);
  breakIt(manifests);
  return manifests;
}

const dispoPod = (manifests: Manifests) => manifests.one('Deployment', 'dispo').spec?.template.spec as PodSpec;
const dispo = (manifests: Manifests) => dispoPod(manifests).containers[0] as Container;

/** Each breaks the dev overlay in one way, which the rule must report. */
const CASES: Array<[string, (manifests: Manifests) => void, rules.Rule, RegExp]> = [
  [
    'a Service that selects nothing',
    (all) => Object.assign(all.one('Service', 'dispo').spec ?? {}, { selector: { app: 'dispo' } }),
    rules.selectorsMatchLabels,
    /Service dispo selects 0 pods/,
  ],
  [
    'a selector of more than one label',
    (all) =>
      Object.assign(all.one('Deployment', 'dispo').spec?.selector.matchLabels ?? {}, {
        'app.kubernetes.io/version': '1',
      }),
    rules.selectorsMatchLabels,
    /Deployment dispo should select by/,
  ],
  [
    'a policy for pods that do not exist',
    (all) => Object.assign(all.one('NetworkPolicy', 'redis').spec?.podSelector ?? {}, { matchLabels: { app: 'x' } }),
    rules.selectorsMatchLabels,
    /NetworkPolicy redis selects nothing/,
  ],
  [
    'a probe of a port without a name',
    (all) => Object.assign(dispo(all), { ports: [] }),
    rules.namedPortsExist,
    /no port internal/,
  ],
  [
    'a Service that forwards to another number',
    (all) => Object.assign(all.one('Service', 'dispo').spec?.ports?.[0] ?? {}, { port: 80 }),
    rules.namedPortsExist,
    /forwards 80 to http/,
  ],
  [
    'a Secret that does not exist',
    (all) => Object.assign(all.one('Secret', 'redis'), { stringData: {} }),
    rules.referencesExist([]),
    /Secret redis key password, which does not exist/,
  ],
  [
    'a rolling update of a pod that owns a file',
    (all) => Object.assign(all.one('Deployment', 'cleaning').spec ?? {}, { strategy: { type: 'RollingUpdate' } }),
    rules.storageHasOneOwner,
    /cleaning has a volume/,
  ],
  [
    'a budget that never allows the eviction of the only pod',
    (all) => Object.assign(all.one('PodDisruptionBudget', 'dispo').spec ?? {}, { maxUnavailable: 0 }),
    rules.drainsCanEnd,
    /budget dispo blocks a drain/i,
  ],
  [
    'stored data without a budget',
    (all) => Object.assign(all.one('PodDisruptionBudget', 'dispo').spec?.selector ?? {}, { matchLabels: { app: 'x' } }),
    rules.drainsCanEnd,
    /dispo has a volume and no PodDisruptionBudget/,
  ],
  [
    'a metrics port that the process does not open',
    (all) => Object.assign(dispo(all).ports?.find(({ name }) => name === 'metrics') ?? {}, { containerPort: 9999 }),
    containersAreTheSystems,
    /dispo has no separate port for metrics/,
  ],
  [
    'a pod as the host of its spans',
    (all) =>
      Object.assign(dispo(all).env?.find(({ name }) => name === 'OTEL_RESOURCE_ATTRIBUTES') ?? {}, {
        value: 'service.namespace=x,service.version=1,k8s.pod.name=$(K8S_POD),host.name=$(K8S_POD)',
      }),
    containersAreTheSystems,
    /uses it as the host/,
  ],
  [
    'a container without limits',
    (all) => void delete dispo(all).resources?.limits,
    rules.containersAreBounded,
    /no limits/,
  ],
  [
    'an init container that may write everywhere',
    (all) => Object.assign(dispoPod(all).initContainers?.[0]?.securityContext ?? {}, { readOnlyRootFilesystem: false }),
    podsAreRestricted,
    /source may write to its root file system/,
  ],
  [
    'links to Services',
    (all) => void delete dispoPod(all).enableServiceLinks,
    podsAreRestricted,
    /look like our settings/,
  ],
  [
    'a folder of the host',
    (all) => void dispoPod(all).volumes?.push({ name: 'host', hostPath: { path: '/' } }),
    podsAreRestricted,
    /volume of a kind that is not allowed/,
  ],
  [
    'a port that the system does not have',
    (all) => Object.assign(dispo(all).ports?.[0] ?? {}, { containerPort: 8888 }),
    containersAreTheSystems,
    /dispo has other ports/,
  ],
  [
    'a grace period that ends before the process',
    (all) => Object.assign(dispoPod(all), { terminationGracePeriodSeconds: 5 }),
    containersAreTheSystems,
    /dispo is killed before/,
  ],
  [
    'spans without their pod',
    (all) =>
      Object.assign(dispo(all), { env: dispo(all).env?.filter(({ name }) => name !== 'OTEL_RESOURCE_ATTRIBUTES') }),
    containersAreTheSystems,
    /dispo does not name its pod in its spans/,
  ],
];

describe.skipIf(!kustomize)('a manifest check', () => {
  it.each(CASES)('finds %s', (_, breakIt, rule, found) => {
    expect(rule(broken(breakIt)).join('\n')).toMatch(found);
  });

  it.each([
    ['/readiness', /no route \/readiness/],
    ['/readyz', /restarted when a dependency is down/],
  ])('finds a liveness probe of %s', async (path, found) => {
    const manifests = broken((all) => Object.assign(dispo(all).livenessProbe?.httpGet ?? {}, { path }));
    expect((await probeProblems(manifests)).join('\n')).toMatch(found);
  });

  it('finds an unexpected and a missing connection', () => {
    const open = broken((all) => void delete all.one('NetworkPolicy', 'redis').spec?.ingress?.[0]?.from);
    expect(allowedConnections(open)).toContain('world -> redis:6379');
    const closed = broken((all) => void all.one('NetworkPolicy', 'cleaning').spec?.ingress?.pop());
    expect(allowedConnections(closed)).not.toContain('dispo -> cleaning:9081');
  });

  it('finds access from another namespace', () => {
    const open = broken((all) =>
      all.one('NetworkPolicy', 'dispo').spec?.ingress?.push({
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }],
        ports: [{ port: 'internal' }],
      }),
    );
    expect(allowedConnections(open)).toContain('other/* -> dispo:9080');
  });

  it('finds fields that are unknown, missing or of the wrong type', async () => {
    const problemsOf = async (breakIt: (manifests: Manifests) => void) =>
      (await typeProblems({ broken: broken(breakIt).all })).join('\n');
    expect(await problemsOf((all) => Object.assign(dispo(all), { imagePolicy: 'Always' }))).toMatch(/imagePolicy/);
    expect(await problemsOf((all) => Object.assign(dispo(all), { name: undefined }))).toMatch(/'name' is missing/);
    expect(await problemsOf((all) => Object.assign(dispo(all).env?.[0] ?? {}, { value: 8080 }))).toMatch(/8080/);
  });

  it('finds an invalid quantity', () => {
    const manifests = broken((all) => Object.assign(dispo(all), { resources: { limits: { memory: '128 MB' } } }));
    expect(schemaProblems(manifests.one('Deployment', 'dispo') as KubernetesObject).join('\n')).toMatch(/memory/);
  });
});
