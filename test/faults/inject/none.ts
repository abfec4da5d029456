import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/** No fault: the baseline for the other rounds. */
export const none: Fault = {
  name: 'none',
  times: 1,
  losesSpans: false,
  async inject() {
    await sleep(3_000);
    return undefined;
  },
};
