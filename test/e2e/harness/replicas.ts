import { type Exit, type ProcessHandle, type System, withReplicas } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';

const { HOTEL_TEST_REPLICAS } = process.env;
/** The setting of `vitest run --mode postgres`: the hotel runs on PostgreSQL, not on SQLite. */
export const isOnPostgres = HOTEL_TEST_REPLICAS !== undefined;
/** Processes of each service. */
export const REPLICAS = Number(HOTEL_TEST_REPLICAS ?? 1);

/**
 * Starts a system with `count` replicas of each service. The name of a service then stands for all of its replicas: lines
 * of output carry it, `restart` restarts them, and its handle acts on them. The names of single replicas work as well.
 */
export async function startReplicas(
  system: System,
  count: number,
  start: (replicated: System) => Promise<TracedSystem>,
): Promise<TracedSystem> {
  if (count === 1) return start(system);
  const replicated = withReplicas(system, count);
  const traced = await start(replicated);
  const { system: running } = traced;
  const serviceOf = new Map(replicated.processes.map(({ name, service = name }) => [name, service]));
  const replicasOf = (service: string) => [...serviceOf].flatMap(([name, own]) => (own === service ? name : []));
  // A spread would read `query`, which a system without a viewer does not have.
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(traced)) as TracedSystem;
  return Object.assign(copy, {
    lines: () => traced.lines().map((line) => ({ ...line, process: serviceOf.get(line.process) ?? line.process })),
    system: {
      ...running,
      get processes() {
        const services = Map.groupBy(running.processes.values(), ({ name }) => serviceOf.get(name) ?? name);
        return new Map([
          ...running.processes,
          ...[...services].map(([name, each]) => [name, groupOf(name, each)] as const),
        ]);
      },
      async restart(name, env, signal) {
        const restarts = replicasOf(name).map((replica) => running.restart(replica, env, signal));
        if (restarts.length === 0) return running.restart(name, env, signal);
        for (const one of await Promise.allSettled(restarts)) if (one.status === 'rejected') throw one.reason;
      },
    },
  } satisfies Pick<TracedSystem, 'lines' | 'system'>);
}

function groupOf(name: string, handles: ProcessHandle[]): ProcessHandle {
  const [first, ...others] = handles as [ProcessHandle, ...ProcessHandle[]];
  if (others.length === 0) return first;
  /** The exit that a test must not overlook. */
  const worst = <E extends Exit>(exits: E[]): E => exits.find(({ code }) => code !== 0) ?? (exits[0] as E);
  return {
    ...{ name, spec: first.spec },
    get pid(): number {
      throw new Error(`${name} has several processes; use the name of one, like ${first.name}`);
    },
    exited: Promise.all(handles.map(({ exited }) => exited)).then(worst),
    asked: () => handles.every((handle) => handle.asked()),
    lastLines: () => handles.flatMap((handle) => handle.lastLines()),
    stop: async (timeoutMs) => worst(await Promise.all(handles.map((handle) => handle.stop(timeoutMs)))),
    kill(signal) {
      for (const handle of handles) handle.kill(signal);
    },
    async ready(timeoutMs, signal) {
      await Promise.all(handles.map((handle) => handle.ready(timeoutMs, signal)));
    },
  };
}

/** The processes of a service. */
export function processesOf({ system }: Pick<TracedSystem, 'system'>, service: string): ProcessHandle[] {
  const replicas = [...system.processes.values()].filter(
    ({ name, spec }) => spec.service === service && name !== service,
  );
  const only = system.processes.get(service);
  return replicas.length > 0 || only === undefined ? replicas : [only];
}

/** Names of the ports with the metrics of the service whose internal listener is at `port`: replicas have one each. */
export function metricsPortsOf(traced: Pick<TracedSystem, 'system'>, port: string): string[] {
  const specs = [...traced.system.processes.values()].map(({ spec }) => spec);
  const service = specs.find(({ ports }) => port in ports)?.service;
  return service === undefined ? [port] : processesOf(traced, service).map(({ spec }) => spec.ready.port);
}
