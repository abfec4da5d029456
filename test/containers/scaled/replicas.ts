import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifests, Pod } from '../../manifests/objects.ts';
import { makeVolumes, NETWORK, passes } from '../cluster.ts';
import type { Engine } from '../engine.ts';
import { podRuns } from '../pod.ts';
import type { Balancer } from './balancer.ts';

/** How long a change of endpoints takes to reach kube-proxy on every node: long, but shorter than the pause in preStop. */
const PROPAGATION_MS = 2_000;
/** Ends what hangs, even on a machine that is several times slower. */
const START_MS = 300_000;

/** A Deployment with `maxSurge: 1` and `maxUnavailable: 0`, whose pods have one container each. */
export interface Replicas {
  /** Resolves when all are ready. */
  start(count: number): Promise<void>;
  /** Replaces every pod by a new one, one after the other. @throws when a process does not exit with 0 in time */
  update(): Promise<void>;
  logs(): Promise<string>;
}

export interface Place {
  engine: Engine;
  manifests: Manifests;
  /** Addresses of other services: environment variables of the container. */
  env: Record<string, string>;
  /** The ready pods are behind these. */
  balancers: readonly Balancer[];
}

interface Running {
  name: string;
  address: string;
  stopWatching: AbortController;
}

export function createReplicas(deployment: string, { engine, manifests, env, balancers }: Place): Replicas {
  const { docker, folder } = engine;
  const pod = manifests.pods().find(({ name }) => name === deployment);
  if (!pod) throw new Error(`no pod is called ${deployment}`);
  const [container] = pod.spec.containers;
  const ports = new Map(container?.ports?.map(({ name, containerPort }) => [name ?? '', containerPort]));
  const running: Running[] = [];
  let started = 0;

  const isReady = ({ name, address }: Running) => passes(engine, name, address, ports, container?.readinessProbe);

  async function startOne(): Promise<void> {
    const name = `${deployment}-${started++}`;
    const { init, main } = podRuns(pod as Pod, manifests, {
      ...{ podName: name, network: NETWORK, aliases: [] },
      volumes: await makeVolumes(join(folder, 'volumes', name), pod as Pod, manifests),
    });
    for (const { options, image, command } of init) await docker(['run', '--rm', ...options, image, ...command]);
    for (const { options, image, command } of main) {
      const variables = Object.entries(env).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
      await docker(['run', '--detach', '--name', name, ...options, ...variables, image, ...command]);
    }
    const format = `{{(index .NetworkSettings.Networks "${NETWORK}").IPAddress}}`;
    const address = (await docker(['inspect', '--format', format, name])).trim();
    const one: Running = { name, address, stopWatching: new AbortController() };
    const giveUpAt = performance.now() + START_MS;
    while (!(await isReady(one))) {
      if (performance.now() > giveUpAt) throw new Error(`${name} does not get ready:\n${await logsOf(name)}`);
      await sleep((container?.readinessProbe?.periodSeconds ?? 1) * 1_000);
    }
    running.push(one);
    void watch(one);
  }

  /** Keeps a pod behind the balancers while it is ready. */
  async function watch(one: Running): Promise<void> {
    const { signal } = one.stopWatching;
    const { failureThreshold = 3, periodSeconds = 10 } = container?.readinessProbe ?? {};
    let failures = failureThreshold;
    while (!signal.aborted) {
      const before = failures < failureThreshold;
      failures = (await isReady(one)) ? 0 : failures + 1;
      const after = failures < failureThreshold;
      if (before !== after) announce(one, after ? 'add' : 'remove');
      await sleep(periodSeconds * 1_000);
    }
    announce(one, 'remove');
  }

  function announce({ address }: Running, what: 'add' | 'remove'): void {
    setTimeout(() => {
      for (const balancer of balancers) balancer[what](address);
    }, PROPAGATION_MS);
  }

  /** As the kubelet does: the pause in preStop is part of the grace period. */
  async function stopOne(one: Running): Promise<void> {
    const pause = container?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const grace = pod?.spec.terminationGracePeriodSeconds ?? 30;
    one.stopWatching.abort();
    await sleep(pause * 1_000);
    await docker(['stop', '--time', String(grace - pause), one.name]);
    const code = (await docker(['inspect', '--format', '{{.State.ExitCode}}', one.name])).trim();
    if (code !== '0') throw new Error(`${one.name} ended with ${code}:\n${await logsOf(one.name)}`);
    await docker(['rm', one.name]);
  }

  const logsOf = (name: string) => docker(['logs', '--tail', '50', name]);

  return {
    async start(count) {
      await Promise.all(Array.from({ length: count }, startOne));
      await sleep(PROPAGATION_MS);
    },
    async update() {
      for (const old of running.splice(0)) {
        await startOne();
        await stopOne(old);
      }
    },
    logs: async () => (await Promise.all(running.map(({ name }) => logsOf(name)))).join('\n'),
  };
}
