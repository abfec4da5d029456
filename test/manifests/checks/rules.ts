import { everyContainer, type Manifests, type Pod } from '../objects.ts';
import { selects } from './select.ts';

/** Returns the violations in a rendered overlay, one sentence each. */
export type Rule = (manifests: Manifests) => string[];

const NAME = 'app.kubernetes.io/name';
const LABELS = [NAME, ...['component', 'part-of', 'version'].map((label) => `app.kubernetes.io/${label}`)];

export const selectorsMatchLabels: Rule = (manifests) => {
  const pods = manifests.pods();
  const workloads = [...manifests.of('Deployment'), ...manifests.of('StatefulSet')].flatMap(
    ({ kind, metadata, spec }) => {
      const selector = spec?.selector.matchLabels ?? {};
      if (JSON.stringify(selector) === JSON.stringify({ [NAME]: metadata.name })) {
        return selects({ matchLabels: selector }, spec?.template.metadata?.labels ?? {})
          ? []
          : [`the ${kind} ${metadata.name} does not select its own pods`];
      }
      return [`the ${kind} ${metadata.name} should select by ${NAME}: ${metadata.name} alone`];
    },
  );
  const services = manifests.of('Service').flatMap(({ metadata, spec }) => {
    const found = pods.filter(({ labels }) => selects({ matchLabels: spec?.selector ?? {} }, labels));
    return found.length === 1 ? [] : [`the Service ${metadata.name} selects ${found.length} pods`];
  });
  const policies = manifests.of('NetworkPolicy').flatMap(({ metadata, spec }) => {
    const peers = [
      ...(spec?.ingress ?? []).flatMap(({ from = [] }) => from),
      ...(spec?.egress ?? []).flatMap(({ to = [] }) => to),
    ];
    const selectors = [
      spec?.podSelector ?? {},
      ...peers.flatMap(({ namespaceSelector, podSelector }) =>
        namespaceSelector || !podSelector ? [] : [podSelector],
      ),
    ];
    return selectors
      .flatMap((selector) => {
        const names = selector.matchExpressions?.flatMap(({ values = [] }) => values);
        return names?.map((name) => ({ matchLabels: { [NAME]: name } })) ?? [selector];
      })
      .filter((selector) => !pods.some(({ labels }) => selects(selector, labels)))
      .map((selector) => `the NetworkPolicy ${metadata.name} selects nothing by ${JSON.stringify(selector)}`);
  });
  return [...workloads, ...services, ...policies];
};

export const everythingIsLabelled: Rule = (manifests) =>
  manifests.pods().flatMap(({ name, labels }) => {
    const missing = LABELS.filter((label) => !labels[label]);
    return missing.length === 0 ? [] : [`the pods of ${name} lack the labels ${missing.join(', ')}`];
  });

export const namedPortsExist: Rule = (manifests) => {
  const pods = manifests.pods();
  const namesOf = ({ spec }: Pod) => spec.containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name));
  const twice = pods.flatMap((pod) => {
    const names = namesOf(pod);
    return names.length === new Set(names).size ? [] : [`the pod ${pod.name} has two ports of one name`];
  });
  const services = manifests.of('Service').flatMap(({ metadata, spec }) => {
    const [pod] = pods.filter(({ labels }) => selects({ matchLabels: spec?.selector ?? {} }, labels));
    const ports = pod?.spec.containers.flatMap(({ ports = [] }) => ports) ?? [];
    return (spec?.ports ?? [])
      .filter(({ port, targetPort }) => !ports.some((one) => one.name === targetPort && one.containerPort === port))
      .map(
        ({ port, targetPort }) =>
          `the Service ${metadata.name} forwards ${port} to ${targetPort}, which is no such port`,
      );
  });
  const probes = manifests.containers().flatMap(({ container }) =>
    (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).flatMap((kind) => {
      const probe = container[kind];
      const port = probe?.httpGet?.port ?? probe?.tcpSocket?.port;
      const isKnown = port === undefined || container.ports?.some(({ name }) => name === port);
      return isKnown ? [] : [`${container.name} has no port ${port}, which its ${kind} uses`];
    }),
  );
  const policies = manifests.of('NetworkPolicy').flatMap(({ metadata, spec }) => {
    const own = pods.filter(({ labels }) => selects(spec?.podSelector ?? {}, labels));
    const rules = [
      ...(spec?.ingress ?? []).map(({ ports = [] }) => ({ ports, of: own })),
      ...(spec?.egress ?? []).map(({ ports = [], to = [] }) => ({
        ports,
        of: pods.filter(({ labels }) => to.some(({ podSelector }) => selects(podSelector ?? {}, labels))),
      })),
    ];
    return rules.flatMap(({ ports, of }) =>
      ports
        .filter(({ port }) => typeof port === 'string' && !of.some((pod) => namesOf(pod).includes(port)))
        .map(({ port }) => `the NetworkPolicy ${metadata.name} names the port ${port}, which none of its pods has`),
    );
  });
  return [...twice, ...services, ...probes, ...policies];
};

/** @param fromOutside objects that must already exist: `Secret redis`. */
export const referencesExist =
  (fromOutside: readonly string[]): Rule =>
  (manifests) => {
    const known = new Set([
      ...manifests.all.map(({ kind, metadata }) => `${kind} ${metadata.name}`),
      ...manifests.of('ConfigMap').flatMap(({ metadata, data }) => keysOf('ConfigMap', metadata.name, data)),
      ...manifests.of('Secret').flatMap(({ metadata, stringData }) => keysOf('Secret', metadata.name, stringData)),
      ...fromOutside,
    ]);
    return manifests
      .pods()
      .flatMap((pod) =>
        [...new Set(referencesOf(pod))]
          .filter((reference) => !known.has(reference))
          .map((reference) => `${pod.name} refers to the ${reference}, which does not exist`),
      );
  };

function keysOf(kind: string, name: string, data: Record<string, string> = {}): string[] {
  return Object.keys(data).map((key) => `${kind} ${name} key ${key}`);
}

function referencesOf(pod: Pod): string[] {
  const containers = everyContainer(pod);
  const env = containers.flatMap(({ env = [] }) => env.flatMap(({ valueFrom }) => valueFrom ?? []));
  const volumes = pod.spec.volumes ?? [];
  const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts);
  return [
    `ServiceAccount ${pod.spec.serviceAccountName}`,
    ...containers.flatMap(({ envFrom = [] }) =>
      envFrom.map(({ configMapRef, secretRef }) =>
        configMapRef ? `ConfigMap ${configMapRef.name}` : `Secret ${secretRef?.name}`,
      ),
    ),
    ...env.flatMap(({ secretKeyRef: ref }) => (ref ? [`Secret ${ref.name} key ${ref.key}`] : [])),
    ...env.flatMap(({ configMapKeyRef: ref }) => (ref ? [`ConfigMap ${ref.name} key ${ref.key}`] : [])),
    ...volumes.flatMap(({ configMap }) => (configMap ? [`ConfigMap ${configMap.name}`] : [])),
    ...volumes.flatMap(({ secret }) => (secret ? [`Secret ${secret.secretName}`] : [])),
    ...volumes.flatMap(({ persistentVolumeClaim: claim }) =>
      claim ? [`PersistentVolumeClaim ${claim.claimName}`] : [],
    ),
    ...mounts
      .filter(({ name }) => !volumes.some((one) => one.name === name) && !pod.claims.includes(name))
      .map(({ name }) => `volume ${name}`),
  ];
}

export const storageHasOneOwner: Rule = (manifests) =>
  manifests.of('Deployment').flatMap(({ metadata, spec }) => {
    const stores = spec?.template.spec?.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim);
    if (!stores || (spec?.replicas === 1 && spec.strategy?.type === 'Recreate')) return [];
    return [`${metadata.name} has a volume that only one pod may use: it should have 1 replica and be recreated`];
  });

/** A disruption budget for workloads with data must allow one eviction, or a drain of the node never finishes. */
export const drainsCanEnd: Rule = (manifests) => {
  const budgets = manifests.of('PodDisruptionBudget');
  const pods = manifests.pods();
  const stores = ({ spec, claims }: Pod) =>
    claims.length > 0 || spec.volumes?.some(({ persistentVolumeClaim }) => persistentVolumeClaim);
  return [
    ...pods
      .filter((pod) => stores(pod) && !budgets.some(({ spec }) => selects(spec?.selector ?? {}, pod.labels)))
      .map(({ name }) => `${name} has a volume and no PodDisruptionBudget`),
    ...budgets.flatMap(({ metadata, spec }) => {
      const found = pods.filter(({ labels }) => selects(spec?.selector ?? {}, labels));
      if (found.length !== 1) return [`the PodDisruptionBudget ${metadata.name} selects ${found.length} pods`];
      return spec?.maxUnavailable === 1 ? [] : [`the PodDisruptionBudget ${metadata.name} blocks a drain`];
    }),
  ];
};

export const containersAreBounded: Rule = (manifests) =>
  manifests
    .pods()
    .flatMap((pod) =>
      everyContainer(pod).flatMap(({ name, resources }) =>
        (['requests', 'limits'] as const)
          .filter((kind) => !resources?.[kind]?.cpu || !resources[kind].memory)
          .map((kind) => `the container ${name} of ${pod.name} has no ${kind} of cpu and memory`),
      ),
    );
