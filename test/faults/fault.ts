import { setTimeout as sleep } from 'node:timers/promises';
import type { Findings } from './findings.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

export interface Scene {
  world: World;
  random: Random;
  thorough: boolean;
  /** For what a fault itself sees that must not be. */
  findings: Findings;
}

/** One way to break something. */
export interface Fault {
  name: string;
  /** How often in a round. */
  times: number;
  /** Breaks it once, and mends it. A sentence in return: it cannot be done here, and why. */
  inject(scene: Scene): Promise<string | undefined>;
  /** What is left to do when the load has ended. */
  mend?(scene: Scene): Promise<void>;
  /** True when spans may be missing afterwards: of a process that was killed, or that nobody was there to take. */
  losesSpans: boolean;
  /**
   * Which requests may go without an answer; none, where it does not say so. `any`: the process was killed. `untaken`: the process
   * ended in order, so only one that it never took; whatever it did, it has answered.
   */
  unanswered?: 'any' | 'untaken';
}

/** How long something stays broken: as long as on a bad day in a full run. */
export async function endure({ thorough, random }: Scene, shortMs: number, longMs: number): Promise<void> {
  const ms = thorough ? longMs : shortMs;
  await sleep(random.int(ms / 2, ms));
}
