import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseKind } from './databases.ts';
import type { Random } from './load/random.ts';
import type { Findings } from './verify/findings.ts';
import type { World } from './world.ts';

export interface Scene {
  world: World;
  random: Random;
  thorough: boolean;
  /** Collects violations that a fault itself observes. */
  findings: Findings;
}

/** One way to break something. */
export interface Fault {
  name: string;
  /** The database that it needs. Default: either. */
  database?: DatabaseKind;
  /** Injections per round. */
  times: number;
  /** Injects the fault once and repairs it. @returns why it cannot be injected here, or undefined */
  inject(scene: Scene): Promise<string | undefined>;
  /** Cleanup after the load has ended. */
  mend?(scene: Scene): Promise<void>;
  /** True when spans may be missing afterwards, because a process was killed or the collector was away. */
  losesSpans: boolean;
  /**
   * Which requests may stay unanswered; none if absent. `any`: the process was killed. `untaken`: the process shut down
   * gracefully, so only requests that it never accepted. `late`: the process was suspended, so any, and it may still serve
   * them when their clients have given up.
   */
  unanswered?: 'any' | 'untaken' | 'late';
}

/** How long a fault lasts: realistically long in a full run. */
export async function endure({ thorough, random }: Scene, shortMs: number, longMs: number): Promise<void> {
  const ms = thorough ? longMs : shortMs;
  await sleep(random.int(ms / 2, ms));
}
