import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { PROCESSES } from '../replicas.ts';

/**
 * `kill -9` at a random moment, then a restart, as a supervisor does. A process without replicas then stays up for twice as long as
 * it was down: one that is mostly down is a different fault, which ends in dead letters by design. Each start takes a second of CPU,
 * so one kill can take twenty seconds on a busy machine; a longer run has more rounds.
 */
export const kills: Fault[] = PROCESSES.map((name) => ({
  name: `kill -9 ${name}`,
  times: 8,
  losesSpans: true,
  unanswered: 'any',
  async inject({ world: { replicas }, random }) {
    const begun = performance.now();
    const killed = random.pick(replicas.of(name));
    await replicas.kill(killed);
    await replicas.start(killed);
    if (replicas.of(name).length === 1) await sleep(2 * (performance.now() - begun));
    return undefined;
  },
}));
