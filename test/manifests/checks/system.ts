import { healthRoutes } from '@hotel/http';
import { hotel } from 'dev/system';
import type { Container, ContainerPort } from 'kubernetes-types/core/v1.d.ts';
import type { Rule } from './rules.ts';

/** Shutdown time of a process in seconds, for requests in flight and the last spans. */
const LONGEST_END_S = { dispo: 13, cleaning: 13, 'cleaning-worker': 13, viewer: 5 } as const;

const processes = hotel.processes.map((process) => ({ ...process, ports: process.ports as Record<string, number> }));

/** Ports, entry points, names and probes must match the system's data. */
export const containersAreTheSystems: Rule = (manifests) => {
  const containers = manifests.containers();
  const missing = processes
    .filter(({ name, traced }) => traced && !containers.some(({ container }) => container.name === name))
    .map(({ name }) => `no container is called ${name}`);
  const wrong = containers.flatMap(({ pod, container }) => {
    const process = processes.find(({ name }) => name === container.name);
    if (!process) return [];
    const { name, ports, entry, folder, ready, traced } = process;
    const numbers =
      container.ports?.filter((port) => !isForMetrics(port)).map(({ containerPort }) => containerPort) ?? [];
    const [metricsPort] = container.ports?.filter(isForMetrics) ?? [];
    const longestEnd = LONGEST_END_S[name as keyof typeof LONGEST_END_S] ?? Number.POSITIVE_INFINITY;
    return sentences(name, {
      'has other ports than the system': !sameNumbers(numbers, Object.values(ports)),
      'sets a port to a number other than it opens': Object.entries(ports).some(
        ([variable, port]) => ![undefined, String(port)].includes(valueIn(container, variable)),
      ),
      'runs another entry point': (container.args?.at(-1) ?? 'src/main.ts') !== entry,
      'does not use the image of its folder': imageName(container) !== folder,
      'has another name in its spans': traced && valueIn(container, 'OTEL_SERVICE_NAME') !== name,
      'does not name its pod in its spans, or uses it as the host':
        traced && !identifies(valueIn(container, 'OTEL_RESOURCE_ATTRIBUTES')),
      'is killed before it can exit':
        (pod.spec.terminationGracePeriodSeconds ?? 0) < longestEnd + pauseOf(container) + drainOf(container),
      'has no separate port for metrics, or opens another':
        traced && String(metricsPort?.containerPort) !== valueIn(container, 'HOTEL_METRICS_PORT'),
      'is not probed on its internal port': probes(container).some(
        ({ port }) => container.ports?.find((one) => one.name === port)?.containerPort !== ports[ready.port],
      ),
    });
  });
  return [...missing, ...wrong];
};

/** The seconds before SIGTERM, which are part of the grace period. */
export function pauseOf({ lifecycle }: Container): number {
  return lifecycle?.preStop?.sleep?.seconds ?? 0;
}

/** The seconds in which a process keeps serving after SIGTERM. */
export function drainOf(container: Container): number {
  return Number(valueIn(container, 'HOTEL_DRAIN_MS') ?? 0) / 1_000;
}

/** Startup, readiness and liveness probes of every container use existing routes; liveness checks no dependencies. */
export async function probeProblems(manifests: Parameters<Rule>[0]): Promise<string[]> {
  const routes = healthRoutes({});
  const checked = manifests.containers().map(async ({ container }) => {
    const kinds = (['startupProbe', 'readinessProbe', 'livenessProbe'] as const).filter((kind) => !container[kind]);
    const missing = kinds.map((kind) => `${container.name} has no ${kind}`);
    const process = processes.find(({ name }) => name === container.name);
    if (!process) return missing;
    const paths = probes(container).map(({ path }) => path ?? '');
    const real = async (path: string) =>
      process.traced ? (await routes.request(path)).status === 200 : path === process.ready.path;
    const unknown: string[] = [];
    for (const path of paths)
      if (!(await real(path))) unknown.push(`${container.name} has no route ${path}, which a probe uses`);
    const restarts = process.traced && container.livenessProbe?.httpGet?.path === '/readyz';
    return [...missing, ...unknown, ...(restarts ? [`${container.name} is restarted when a dependency is down`] : [])];
  });
  return (await Promise.all(checked)).flat();
}

function probes({ startupProbe, readinessProbe, livenessProbe }: Container) {
  return [startupProbe, readinessProbe, livenessProbe].flatMap((probe) => probe?.httpGet ?? []);
}

function valueIn({ env = [] }: Container, variable: string): string | undefined {
  return env.find(({ name }) => name === variable)?.value;
}

/** `host.name` must be the node: Jaeger treats different hosts as different clocks and warns of skew. */
function identifies(attributes = ''): boolean {
  return [
    ...['service.namespace=', 'service.version=', 'deployment.environment.name='],
    ...['host.name=$(K8S_NODE)', 'k8s.node.name=$(K8S_NODE)', 'k8s.pod.name=$(K8S_POD)', 'k8s.pod.uid=$(K8S_POD_UID)'],
  ].every((part) => attributes.split(',').some((one) => one.startsWith(part)));
}

function isForMetrics({ name = '' }: ContainerPort): boolean {
  return /(^|-)metrics$/.test(name);
}

/** `dispo` of `dispo:0.1.0`. */
export function imageName({ image = '' }: Container): string {
  return image.replace(/[:@].*$/, '');
}

function sameNumbers(a: number[], b: number[]): boolean {
  return JSON.stringify(a.toSorted()) === JSON.stringify(b.toSorted());
}

function sentences(subject: string, found: Record<string, boolean>): string[] {
  return Object.keys(found)
    .filter((what) => found[what])
    .map((what) => `${subject} ${what}`);
}
