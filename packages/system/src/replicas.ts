import type { ProcessSpec, System } from './types.ts';

/**
 * The system with `count` replicas of each traced process: `dispo-1`, `dispo-2`, ... They share its
 * `service.name` and its ports, and each has its own `service.instance.id` and its own port for metrics. That port shows
 * when a replica is ready, because any of them may answer on the shared ports.
 */
export function withReplicas(system: System, count: number): System {
  const replicated = new Set(system.processes.filter(({ traced }) => traced).map(({ name }) => name));
  return {
    ...system,
    processes: system.processes.flatMap((spec) =>
      replicated.has(spec.name) ? replicasOf(spec, count, replicated) : spec,
    ),
  };
}

function replicasOf(spec: ProcessSpec, count: number, replicated: ReadonlySet<string>): ProcessSpec[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `${spec.name}-${index + 1}`;
    const metricsPort = `${name.toUpperCase().replaceAll('-', '_')}_METRICS_PORT`;
    return {
      ...spec,
      name,
      service: spec.name,
      ports: {
        ...(index === 0 ? spec.ports : {}),
        [metricsPort]: 100 * (index + 1) + (spec.ports[spec.ready.port] ?? 0),
      },
      env: { ...spec.env, HOTEL_SHARE_PORTS: '1', HOTEL_METRICS_PORT: `\${${metricsPort}}` },
      // Without metrics (OTEL_SDK_DISABLED) the listener answers 404.
      ready: { port: metricsPort, path: '/metrics', anyStatus: true },
      page: spec.page ?? spec.ready,
      after: (spec.after ?? []).map((other) => (replicated.has(other) ? `${other}-${index + 1}` : other)),
    };
  });
}
