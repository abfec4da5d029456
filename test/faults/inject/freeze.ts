import { endure, type Fault } from '../fault.ts';
import { PROCESSES } from '../replicas.ts';

/**
 * A replica is suspended in the middle of its work: a suspended machine, or a long pause of its host. Its transactions keep
 * their locks until the database ends them, and others take over its jobs.
 */
export const freezes: Fault[] = PROCESSES.map((name) => ({
  name: `${name} frozen`,
  database: 'postgres',
  times: 2,
  losesSpans: false,
  unanswered: 'late',
  async inject(scene) {
    const { replicas } = scene.world;
    const frozen = scene.random.pick(replicas.of(name));
    replicas.signal(frozen, 'SIGSTOP');
    try {
      await endure(scene, 3_000, 30_000);
    } finally {
      replicas.signal(frozen, 'SIGCONT');
    }
    return undefined;
  },
}));
