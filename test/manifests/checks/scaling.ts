import type { Manifests } from '../objects.ts';
import type { Rule } from './rules.ts';
import { selects } from './select.ts';
import { drainOf, pauseOf } from './system.ts';

/** Seconds until every node and ingress controller has stopped sending to a terminating pod. */
const NOTICED_AFTER_S = 5;
/** Seconds in which a client that is in use sends its next request, and learns that it should connect again. */
const MOVED_AFTER_S = 3;
/** Default of the setting for the pool of a process. */
const POOL_SIZE = 10;
/** Connections that PostgreSQL reserves for administrators. */
const RESERVED = 3;

/** Names of the Deployments that an autoscaler scales. */
function scaledBy(manifests: Manifests): string[] {
  return [
    ...manifests.of('HorizontalPodAutoscaler').map(({ spec }) => spec?.scaleTargetRef.name ?? ''),
    ...manifests.of('ScaledObject').map(({ spec }) => spec.scaleTargetRef.name),
  ];
}

/** An update of a Deployment with several replicas must never reduce their number. */
export const updatesKeepServing: Rule = (manifests) => {
  const scaled = scaledBy(manifests);
  const budgets = manifests.of('PodDisruptionBudget');
  return manifests
    .of('Deployment')
    .filter(({ spec }) => spec?.strategy?.type !== 'Recreate')
    .flatMap(({ metadata: { name }, spec }) => {
      const { labels = {} } = spec?.template.metadata ?? {};
      const pod = spec?.template.spec;
      const spreads = pod?.topologySpreadConstraints ?? [];
      const serving = pod?.containers.filter(({ ports }) => ports?.some((port) => port.name === 'http')) ?? [];
      const problems = {
        'may lose a replica in an update': spec?.strategy?.rollingUpdate?.maxUnavailable !== 0,
        'has one replica': !scaled.includes(name) && (spec?.replicas ?? 1) < 2,
        'is reset to a number of replicas by every apply': scaled.includes(name) && spec?.replicas !== undefined,
        'may have all replicas on one node': !['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].every((key) =>
          spreads.some(({ topologyKey, labelSelector }) => topologyKey === key && selects(labelSelector ?? {}, labels)),
        ),
        'has no PodDisruptionBudget': !budgets.some((budget) => selects(budget.spec?.selector ?? {}, labels)),
        'resets connections that its clients keep open': serving.some(
          (container) => drainOf(container) < MOVED_AFTER_S,
        ),
        'stops while requests are still sent to it': serving.some((container) => pauseOf(container) < NOTICED_AFTER_S),
      };
      return Object.entries(problems).flatMap(([what, isTrue]) => (isTrue ? [`the Deployment ${name} ${what}`] : []));
    });
};

/** An autoscaler must name an existing Deployment that no other scales, and keep at least two replicas. */
export const scalersHaveTargets: Rule = (manifests) => {
  const targets = scaledBy(manifests);
  const deployments = manifests.of('Deployment').map(({ metadata }) => metadata.name);
  const least = [
    ...manifests.of('HorizontalPodAutoscaler').map(({ metadata, spec }) => [metadata.name, spec?.minReplicas] as const),
    ...manifests.of('ScaledObject').map(({ metadata, spec }) => [metadata.name, spec.minReplicaCount] as const),
  ];
  return [
    ...targets
      .filter((name) => !deployments.includes(name))
      .map((name) => `no Deployment is called ${name}, which an autoscaler names`),
    ...targets
      .filter((name, index) => targets.indexOf(name) !== index)
      .map((name) => `two autoscalers scale the Deployment ${name}`),
    ...least.filter(([, count = 1]) => count < 2).map(([name]) => `the autoscaler ${name} allows a single replica`),
  ];
};

/** The pools of all replicas, at their largest numbers and during an update, must fit into PostgreSQL's connections. */
export const poolsFit: Rule = (manifests) => {
  const [server] = manifests.of('StatefulSet').filter(({ metadata }) => metadata.name === 'postgres');
  const args = server?.spec?.template.spec?.containers.flatMap(({ args = [] }) => args) ?? [];
  const limit = Number(args.join(' ').match(/max_connections=(\d+)/)?.[1] ?? Number.POSITIVE_INFINITY);
  const largest = new Map([
    ...manifests.of('Deployment').map(({ metadata, spec }) => [metadata.name, spec?.replicas ?? 1] as const),
    ...manifests
      .of('HorizontalPodAutoscaler')
      .map(({ spec }) => [spec?.scaleTargetRef.name ?? '', spec?.maxReplicas ?? 0] as const),
    ...manifests.of('ScaledObject').map(({ spec }) => [spec.scaleTargetRef.name, spec.maxReplicaCount ?? 0] as const),
  ]);
  const clients = manifests
    .of('Deployment')
    .filter(({ spec }) =>
      spec?.template.spec?.containers.some(({ env }) => env?.some(({ name }) => /_DATABASE_URL$/.test(name))),
    )
    .map(({ metadata }) => metadata.name);
  const needed = clients.reduce((sum, name) => sum + ((largest.get(name) ?? 0) + 1) * POOL_SIZE, RESERVED);
  return needed > limit ? [`PostgreSQL has ${limit} connections, and the pools need ${needed}`] : [];
};
