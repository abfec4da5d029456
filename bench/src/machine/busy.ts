import { readFileSync } from 'node:fs';
import type { Sample } from '../figures/samples.ts';
import { busySeconds, readProcesses, treeSeconds } from './cpu.ts';

/** Cores that others may use while something is measured. */
const MAX_FOREIGN_CORES = 0.2;
const ATTEMPTS = 3;

/** A reading of the machine's clocks; the difference of two says who used it meanwhile. */
export interface Reading {
  atSeconds: number;
  busySeconds: number;
  ownSeconds: number;
}

/** Undefined where there is no `/proc`: nobody knows then who uses the machine. */
function readMachine(): Reading | undefined {
  try {
    const busy = busySeconds(readFileSync('/proc/stat', 'utf8'));
    const own = treeSeconds(readProcesses(), process.pid);
    return { atSeconds: performance.now() / 1_000, busySeconds: busy, ownSeconds: own };
  } catch {
    return undefined;
  }
}

/** Cores that processes other than ours have used between two readings. */
export function foreignCores(before: Reading, after: Reading): number {
  const foreign = after.busySeconds - before.busySeconds - (after.ownSeconds - before.ownSeconds);
  return Math.max(0, foreign / (after.atSeconds - before.atSeconds));
}

export interface QuietOptions {
  /** Take the first sample, whoever uses the machine. */
  force: boolean;
  say(text: string): void;
  read?: () => Reading | undefined;
}

/** Measures; what was measured while others used the machine is thrown away and measured again, a few times. */
export async function quietly(measure: () => Promise<Record<string, number>>, options: QuietOptions): Promise<Sample> {
  const { force, say, read = readMachine } = options;
  for (let attempt = 1; ; attempt++) {
    const before = read();
    const values = await measure();
    const after = read();
    const cores = before && after ? foreignCores(before, after) : undefined;
    const busy = cores === undefined || cores > MAX_FOREIGN_CORES;
    if (!busy || force || attempt === ATTEMPTS || cores === undefined) return { values, foreignCores: cores, busy };
    say(`others used ${cores.toFixed(2)} cores; measuring again`);
  }
}
