import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Probe, Volume } from 'kubernetes-types/core/v1.d.ts';
import { selects } from '../manifests/checks/select.ts';
import type { Manifests, Pod } from '../manifests/objects.ts';
import type { Engine } from './engine.ts';
import { BRIDGE } from './leftovers.ts';
import { podRuns } from './pod.ts';

export const NETWORK = 'hotel';

/**
 * An overlay in containers: the parts of a cluster that one Docker engine can emulate. Pods, Services' names, volumes with `fsGroup`,
 * probes; no scheduler, no NetworkPolicy, no Deployment that would restart a pod.
 */
export interface Cluster {
  readonly manifests: Manifests;
  /** The address of a Service's port, reachable from the test. */
  url(service: string, port: string): Promise<string>;
  /** Runs a command in a container. */
  exec(container: string, command: readonly string[]): Promise<string>;
  logs(container: string): Promise<string>;
  /** Stops a pod as a cluster does and restarts it on the same data. @throws when a process does not exit with 0 within the grace period */
  recreate(pod: string): Promise<void>;
  /** The first half of `recreate`. */
  stopPod(pod: string): Promise<void>;
  startPod(pod: string): Promise<void>;
}

export async function createCluster(engine: Engine, manifests: Manifests): Promise<Cluster> {
  const { docker, folder } = engine;
  await docker(['network', 'create', '--opt', `com.docker.network.bridge.name=${BRIDGE}`, NETWORK]);

  const podOf = (name: string): Pod => {
    const pod = manifests.pods().find((one) => one.name === name);
    if (pod) return pod;
    throw new Error(`there is no pod ${name}`);
  };
  const address = (container: string) =>
    docker(['inspect', '--format', `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`, container]);

  const startPod = async (name: string) => {
    const pod = podOf(name);
    const services = manifests
      .of('Service')
      .filter(({ spec }) => selects({ matchLabels: spec?.selector ?? {} }, pod.labels));
    const { init, main } = podRuns(pod, manifests, {
      podName: `${name}-0`,
      network: NETWORK,
      aliases: services.map(({ metadata }) => metadata.name),
      volumes: await makeVolumes(join(folder, 'volumes', name), pod, manifests),
    });
    for (const { options, image, command } of init) await docker(['run', '--rm', ...options, image, ...command]);
    for (const { name: container, options, image, command } of main) {
      await docker(['run', '--detach', '--name', container, ...options, image, ...command]);
    }
    await ready(pod);
  };

  const ready = async (pod: Pod) => {
    const ip = (await address(pod.spec.containers[0]?.name ?? '')).trim();
    for (const container of pod.spec.containers) {
      const ports = new Map(container.ports?.map(({ name, containerPort }) => [name ?? '', containerPort]));
      const { startupProbe, readinessProbe, livenessProbe } = container;
      const tries = startupProbe?.failureThreshold ?? 3;
      for (const probe of [startupProbe, readinessProbe, livenessProbe]) {
        for (let left = tries; !(await passes(engine, container.name, ip, ports, probe)); left -= 1) {
          if (left > 0) await sleep((startupProbe?.periodSeconds ?? 1) * 1_000);
          else throw new Error(`${container.name} is not ready in time:\n${await logs(container.name)}`);
        }
      }
    }
  };

  const logs = (container: string) => docker(['logs', '--tail', '200', container]);

  return {
    manifests,
    async url(service, port) {
      const { spec } = manifests.one('Service', service);
      const [pod] = manifests.pods().filter(({ labels }) => selects({ matchLabels: spec?.selector ?? {} }, labels));
      const number = spec?.ports?.find(({ name }) => name === port)?.port;
      return `http://${(await address(pod?.spec.containers[0]?.name ?? '')).trim()}:${number}`;
    },
    exec: (container, command) => docker(['exec', container, ...command]),
    logs,
    startPod,
    async recreate(name) {
      await stopPod(name);
      await startPod(name);
    },
    stopPod,
  };

  async function stopPod(name: string): Promise<void> {
    const { spec } = podOf(name);
    const containers = spec.containers.map((container) => container.name);
    await docker(['stop', '--time', String(spec.terminationGracePeriodSeconds), ...containers.toReversed()]);
    for (const container of containers) {
      const code = (await docker(['inspect', '--format', '{{.State.ExitCode}}', container])).trim();
      if (code !== '0') throw new Error(`${container} ended with ${code}:\n${await logs(container)}`);
    }
    await docker(['rm', ...containers.toReversed()]);
  }
}

/** Creates a folder per volume, writable by the pod's group, as `fsGroup` does. Existing data is kept. */
export async function makeVolumes(
  folder: string,
  { spec, claims }: Pod,
  manifests: Manifests,
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  const claimed: Volume[] = claims.map((name) => ({ name }));
  for (const { name, configMap } of [...claimed, ...(spec.volumes ?? [])]) {
    const path = join(folder, name);
    await mkdir(path, { recursive: true });
    await chown(path, 0, spec.securityContext?.fsGroup ?? 0);
    await chmod(path, 0o2775);
    const files = configMap ? (manifests.one('ConfigMap', configMap.name ?? '').data ?? {}) : {};
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text);
    made.set(name, path);
  }
  return made;
}

/** Whether a probe succeeds now. */
export async function passes(
  { docker }: Engine,
  container: string,
  ip: string,
  ports: ReadonlyMap<string, number>,
  probe: Probe | undefined,
): Promise<boolean> {
  const { httpGet, exec, tcpSocket } = probe ?? {};
  if (tcpSocket) return true;
  const asked = exec
    ? docker(['exec', container, ...(exec.command ?? [])]).then(() => true)
    : fetch(`http://${ip}:${ports.get(String(httpGet?.port))}${httpGet?.path}`, {
        signal: AbortSignal.timeout((probe?.timeoutSeconds ?? 1) * 1_000),
      }).then(({ ok }) => ok);
  return asked.catch(() => false);
}
