import type { Cut } from '../../mutations/table.ts';
import { endure, type Fault } from '../fault.ts';
import { CUT, preloadOf } from '../world.ts';

/** One attempt in five never ends; the deadline is short enough for a round. */
const cuts: Cut[] = [
  {
    file: 'cleaning/src/queue/process-event.ts',
    find: 'await confirm(event, applied, signal);',
    replace: 'if (Math.random() < 0.2) await new Promise(() => {}); await confirm(event, applied, signal);',
  },
  { file: 'packages/contracts/src/retry.ts', find: 'deadlineMs: 30_000', replace: 'deadlineMs: 1_000' },
];

export const endless: Fault = {
  name: 'jobs whose handler never ends',
  times: 1,
  losesSpans: false,
  async inject(scene) {
    const { world } = scene;
    const env = { NODE_OPTIONS: preloadOf(CUT).join(' '), HOTEL_TEST_CUTS: JSON.stringify(cuts) };
    await world.each('cleaning-worker', (name, { start }) => start(name, env));
    await endure(scene, 3_000, 10_000);
    await world.each('cleaning-worker', (name, { start }) => start(name));
    return undefined;
  },
};
