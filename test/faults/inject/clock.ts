import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const jumps = { forth: 86_400_000, back: -86_400_000 };

/** The wall clock of every process jumps by a day and returns a moment later. Jobs that fail meanwhile are delayed by it. */
export const clockJumps: Fault[] = Object.entries(jumps).map(([direction, offsetMs]) => ({
  name: `clock jumps ${direction} by a day, and returns`,
  times: 2,
  losesSpans: false,
  async inject({ world, random }) {
    await world.setClock(offsetMs);
    await sleep(random.int(200, 1_000));
    await world.links.toDispo.setMode('fail');
    await sleep(random.int(200, 1_000));
    await world.links.toDispo.setMode('pass');
    await world.setClock(0);
    return undefined;
  },
}));
