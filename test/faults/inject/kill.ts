import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { PROCESSES } from '../world.ts';

/**
 * `kill -9` at any moment, and a new start, as a supervisor would. Then it is up for twice as long as it was down: a process that
 * is mostly away is another fault, after which events are given up as promised. Each start takes a second of CPU, so on a busy
 * machine one kill can take twenty seconds; a longer run has more rounds.
 */
export const kills: Fault[] = PROCESSES.map((name) => ({
  name: `kill -9 ${name}`,
  times: 8,
  losesSpans: true,
  unanswered: 'any',
  async inject({ world }) {
    const begun = performance.now();
    await world.kill(name);
    await world.start(name);
    await sleep(2 * (performance.now() - begun));
    return undefined;
  },
}));
