import type { Container, PodSpec, SecurityContext } from 'kubernetes-types/core/v1.d.ts';
import type { Manifests, Pod } from '../manifests/objects.ts';

/** Arguments of `docker run` for one container of a pod. */
export interface ContainerRun {
  name: string;
  options: string[];
  image: string;
  command: string[];
}

export interface PodPlace {
  /** `metadata.name` of the pod, as a Deployment generates it. */
  podName: string;
  network: string;
  /** Names of the Services that select the pod. */
  aliases: string[];
  /** A local folder per volume. */
  volumes: ReadonlyMap<string, string>;
}

/** `spec.nodeName`: all pods run on this machine. */
export const NODE_NAME = 'node-1';

const MEGA = { Ki: 2 ** -10, Mi: 1, Gi: 2 ** 10 } as const;

/**
 * The commands that run a pod according to its manifest: environment, user, groups, capabilities, read-only root, limits and volumes.
 * Its containers share the network of the first, as in a pod.
 */
export function podRuns(
  pod: Pod,
  manifests: Manifests,
  place: PodPlace,
): { init: ContainerRun[]; main: ContainerRun[] } {
  const [first] = pod.spec.containers;
  const own = ['--network', place.network, ...place.aliases.flatMap((alias) => ['--network-alias', alias])];
  const toRun = (container: Container, network: string[]): ContainerRun => ({
    name: container.name,
    options: [...network, ...optionsOf(container, pod, manifests, place)],
    image: container.image ?? '',
    command: [
      ...(container.command?.slice(1) ?? []),
      ...expandAll(container.args ?? [], container, pod, manifests, place),
    ],
  });
  return {
    init: (pod.spec.initContainers ?? []).map((container) => toRun(container, ['--network', 'none'])),
    main: pod.spec.containers.map((container) =>
      toRun(
        container,
        container === first ? [...own, '--hostname', place.podName] : ['--network', `container:${first?.name}`],
      ),
    ),
  };
}

function optionsOf(container: Container, pod: Pod, manifests: Manifests, place: PodPlace): string[] {
  const env = Object.entries(environment(container, pod, manifests, place.podName));
  return [
    ...security(container.securityContext ?? {}, pod.spec),
    ...limits(container),
    ...(container.volumeMounts ?? []).flatMap(({ name, mountPath, subPath, readOnly }) => {
      const source = [place.volumes.get(name), subPath].filter(Boolean).join('/');
      return ['--volume', `${source}:${mountPath}${readOnly ? ':ro' : ''}`];
    }),
    ...(container.command ? ['--entrypoint', container.command[0] ?? ''] : []),
    ...env.flatMap(([name, value]) => ['--env', `${name}=${value}`]),
  ];
}

function security(own: SecurityContext, { securityContext: pod = {} }: PodSpec): string[] {
  // RuntimeDefault is Docker's default seccomp profile.
  return [
    ...['--user', `${own.runAsUser ?? pod.runAsUser}:${own.runAsGroup ?? pod.runAsGroup}`],
    ...(pod.fsGroup === undefined ? [] : ['--group-add', String(pod.fsGroup)]),
    ...(own.capabilities?.drop ?? []).flatMap((name) => ['--cap-drop', name]),
    ...(own.allowPrivilegeEscalation === false ? ['--security-opt', 'no-new-privileges'] : []),
    ...(own.readOnlyRootFilesystem ? ['--read-only'] : []),
  ];
}

function limits({ resources }: Container): string[] {
  const { cpu, memory } = (resources?.limits ?? {}) as Record<string, string>;
  const [, amount, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(memory ?? '') ?? [];
  if (cpu === undefined || amount === undefined) throw new Error(`limits that cannot be read: ${cpu} ${memory}`);
  const megabytes = `${Number(amount) * MEGA[unit as keyof typeof MEGA]}m`;
  const requested = coresOf((resources?.requests as Record<string, string> | undefined)?.cpu ?? '0');
  return [
    // The same limit for memory and swap disables swap, as in Kubernetes.
    ...['--memory', megabytes, '--memory-swap', megabytes, '--cpus', String(coresOf(cpu))],
    // On a busy node a container gets its CPU request.
    ...['--cpu-shares', String(Math.max(2, Math.round(requested * 1_024)))],
  ];
}

function coresOf(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1_000 : Number(quantity);
}

/** The environment of a container; `$(NAME)` refers to an earlier variable. */
function environment(container: Container, pod: Pod, manifests: Manifests, podName: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { configMapRef } of container.envFrom ?? []) {
    Object.assign(values, manifests.one('ConfigMap', configMapRef?.name ?? '').data);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    const { fieldRef, secretKeyRef, configMapKeyRef } = valueFrom ?? {};
    if (configMapKeyRef) {
      values[name] = manifests.one('ConfigMap', configMapKeyRef.name ?? '').data?.[configMapKeyRef.key] ?? '';
    } else if (fieldRef) values[name] = field(fieldRef.fieldPath, pod, podName);
    else if (secretKeyRef) {
      values[name] = manifests.one('Secret', secretKeyRef.name ?? '').stringData?.[secretKeyRef.key] ?? '';
    } else values[name] = expand(value ?? '', values);
  }
  return values;
}

function expandAll(texts: string[], container: Container, pod: Pod, manifests: Manifests, place: PodPlace): string[] {
  const values = environment(container, pod, manifests, place.podName);
  return texts.map((text) => expand(text, values));
}

function expand(text: string, values: Record<string, string>): string {
  return text.replace(/\$\((\w+)\)/g, (whole, name: string) => values[name] ?? whole);
}

function field(path: string, { labels }: Pod, podName: string): string {
  if (path === 'metadata.name') return podName;
  if (path === 'metadata.namespace') return 'hotel';
  if (path === 'metadata.uid') return `uid-of-${podName}`;
  if (path === 'spec.nodeName') return NODE_NAME;
  const label = /^metadata\.labels\['(.+)'\]$/.exec(path)?.[1];
  const value = label === undefined ? undefined : labels[label];
  if (value === undefined) throw new Error(`a field that no pod has: ${path}`);
  return value;
}
