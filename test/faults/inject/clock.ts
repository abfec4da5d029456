import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const DAY_MS = 86_400_000;

/** The wall clock of every process jumps by a day, forth or back, and back again a moment later. Jobs that fail meanwhile are put off by it. */
export const clockJumps: Fault = {
  name: 'clock jumps by a day',
  times: 2,
  losesSpans: false,
  async inject({ world, random }) {
    await world.setClock(random.pick([DAY_MS, -DAY_MS]));
    await sleep(random.int(200, 1_000));
    await world.links.toDispo.setMode('fail');
    await sleep(random.int(200, 1_000));
    await world.links.toDispo.setMode('pass');
    await world.setClock(0);
    return undefined;
  },
};
