import type { Container, PodSpec } from 'kubernetes-types/core/v1.d.ts';
import { describe, expect, it } from 'vitest';
import { allowedConnections } from './checks/network.ts';
import { schemaProblems } from './checks/quantities.ts';
import * as rules from './checks/rules.ts';
import { poolsFit, scalersHaveTargets, updatesKeepServing } from './checks/scaling.ts';
import { containersAreTheSystems } from './checks/system.ts';
import { typeProblems } from './checks/types.ts';
import { locateKustomize } from './kustomize.ts';
import { Manifests } from './objects.ts';

const kustomize = await locateKustomize();
const good = (await kustomize?.render('deploy/overlays/scaled-keda')) ?? '';

function broken(breakIt: (manifests: Manifests) => void): Manifests {
  const manifests = new Manifests(good);
  breakIt(manifests);
  return manifests;
}

const dispoPod = (manifests: Manifests) => manifests.one('Deployment', 'dispo').spec?.template.spec as PodSpec;
const dispo = (manifests: Manifests) => dispoPod(manifests).containers[0] as Container;
const deployment = (all: Manifests, name: string) => all.one('Deployment', name).spec ?? Object.create(null);

/** Each breaks the overlay in one way, which the rule must report. */
const CASES: Array<[string, (manifests: Manifests) => void, rules.Rule, RegExp]> = [
  [
    'an update that may lose a replica',
    (all) => Object.assign(deployment(all, 'dispo').strategy?.rollingUpdate ?? {}, { maxUnavailable: '25%' }),
    updatesKeepServing,
    /dispo may lose a replica/,
  ],
  [
    'a pod that stops while it still receives requests',
    (all) => void delete dispo(all).lifecycle,
    updatesKeepServing,
    /dispo stops while requests/,
  ],
  [
    'a pod that resets the open connections of its clients',
    (all) => Object.assign(dispo(all), { env: dispo(all).env?.filter(({ name }) => name !== 'HOTEL_DRAIN_MS') }),
    updatesKeepServing,
    /dispo resets connections/,
  ],
  [
    'more connections than PostgreSQL accepts',
    (all) => Object.assign(all.one('HorizontalPodAutoscaler', 'dispo').spec ?? {}, { maxReplicas: 40 }),
    poolsFit,
    /PostgreSQL has 300 connections, and the pools need 553/,
  ],
  [
    'a grace period that does not include the pause before SIGTERM',
    (all) => Object.assign(dispoPod(all), { terminationGracePeriodSeconds: 15 }),
    containersAreTheSystems,
    /dispo is killed before/,
  ],
  [
    'replicas that may share a node',
    (all) => void deployment(all, 'cleaning').template.spec?.topologySpreadConstraints?.pop(),
    updatesKeepServing,
    /cleaning may have all replicas on one node/,
  ],
  [
    'a number of replicas that an autoscaler also sets',
    (all) => Object.assign(deployment(all, 'cleaning-worker'), { replicas: 2 }),
    updatesKeepServing,
    /cleaning-worker is reset/,
  ],
  [
    'a Deployment with one replica and no autoscaler',
    (all) => Object.assign(all.one('ScaledObject', 'cleaning-worker').spec.scaleTargetRef, { name: 'worker' }),
    updatesKeepServing,
    /cleaning-worker has one replica/,
  ],
  [
    'an autoscaler of a Deployment that does not exist',
    (all) => Object.assign(all.one('HorizontalPodAutoscaler', 'dispo').spec?.scaleTargetRef ?? {}, { name: 'api' }),
    scalersHaveTargets,
    /no Deployment is called api/,
  ],
  [
    'an autoscaler that allows a single replica',
    (all) => Object.assign(all.one('HorizontalPodAutoscaler', 'dispo').spec ?? {}, { minReplicas: 1 }),
    scalersHaveTargets,
    /scaler dispo allows a single replica/,
  ],
  [
    'a database without a PodDisruptionBudget',
    (all) =>
      Object.assign(all.one('PodDisruptionBudget', 'postgres').spec?.selector ?? {}, { matchLabels: { app: 'x' } }),
    rules.drainsCanEnd,
    /postgres has a volume and no PodDisruptionBudget/,
  ],
];

describe.skipIf(!kustomize)('a check of the manifests of several replicas', () => {
  it.each(CASES)('finds %s', (_, breakIt, rule, found) => {
    expect(rule(broken(breakIt)).join('\n')).toMatch(found);
  });

  it('finds a database that is open to everyone', () => {
    const open = broken((all) => void delete all.one('NetworkPolicy', 'postgres').spec?.ingress?.[0]?.from);
    expect(allowedConnections(open)).toContain('world -> postgres:5432');
  });

  it('finds an unknown field and an invalid value of a ScaledObject', async () => {
    const trigger = (all: Manifests) => all.one('ScaledObject', 'cleaning-worker').spec.triggers[0] ?? {};
    const unknown = broken((all) => Object.assign(trigger(all), { metric: 'Value' }));
    expect((await typeProblems({ broken: unknown.all })).join('\n')).toMatch(/metric/);
    const invalid = broken((all) => Object.assign(trigger(all), { metadata: 5 }));
    expect(schemaProblems(invalid.one('ScaledObject', 'cleaning-worker')).join('\n')).toMatch(/metadata/);
  });
});
