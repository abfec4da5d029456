import type { ProcessSpec } from '@hotel/system';
import { dispoAlone, noLimits, processOf, startTestbed, type Testbed } from '../testbed.ts';

/** Connections of one process to PostgreSQL: the default of its setting. */
export const DEFAULT_POOL = 10;
/** Replicas with other numbers of connections, by that number. */
export const POOLS = [1, 2, 5, 20];
const REPLICAS = 4;

/** A replica on ports of its own, which the generator loads evenly: the kernel would not spread few connections evenly. */
function dispoReplica(name: string, pool: number): ProcessSpec {
  const prefix = name.toUpperCase().replaceAll('-', '_');
  const spec = dispoAlone();
  return {
    ...spec,
    name,
    service: 'dispo',
    ports: { [`${prefix}_PORT`]: 0, [`${prefix}_INTERNAL_PORT`]: 0 },
    env: {
      ...spec.env,
      DISPO_PORT: `\${${prefix}_PORT}`,
      DISPO_INTERNAL_PORT: `\${${prefix}_INTERNAL_PORT}`,
      DISPO_DATABASE_POOL_SIZE: String(pool),
    },
    ready: { port: `${prefix}_INTERNAL_PORT`, path: '/readyz' },
  };
}

const withPool = (size: number) => `pool-${size}`;

/** dispo without a worker: on PostgreSQL, replicas and pools of several sizes on one server. */
export function startIntake(postgres: boolean): Promise<Testbed> {
  const replicas = Array.from({ length: REPLICAS }, (_, n) => dispoReplica(`dispo-${n + 1}`, DEFAULT_POOL));
  const pools = POOLS.map((size) => dispoReplica(withPool(size), size));
  return startTestbed({ processes: postgres ? [...replicas, ...pools] : replicas.slice(0, 1), postgres });
}

/** Names of the processes that take part: with this number of replicas, or with a pool of another size. */
export function processesOf({ replicas = 1, pool }: { replicas?: number; pool?: number }): string[] {
  if (pool !== undefined && pool !== DEFAULT_POOL) return [withPool(pool)];
  return Array.from({ length: replicas }, (_, n) => `dispo-${n + 1}`);
}

export function portOf(testbed: Testbed, name: string): number {
  return testbed.port(`${name.toUpperCase().replaceAll('-', '_')}_PORT`);
}

/** All processes of the hotel, one of each. */
export function startWhole(postgres: boolean): Promise<Testbed> {
  const processes = ['dispo', 'cleaning', 'cleaning-worker'].map((name) => processOf(name));
  return startTestbed({
    processes: processes.map((spec) => ({ ...spec, env: { ...spec.env, ...noLimits } })),
    postgres,
  });
}
