import type { Fault } from '../fault.ts';
import { PROCESSES } from '../world.ts';

/** `kill -9` at any moment, and a new start, as a supervisor would. */
export const kills: Fault[] = PROCESSES.map((name) => ({
  name: `kill -9 ${name}`,
  times: 18,
  losesSpans: true,
  unanswered: 'any',
  async inject({ world }) {
    await world.kill(name);
    await world.start(name);
    return undefined;
  },
}));
