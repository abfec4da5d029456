import { readFileSync } from 'node:fs';
import type { Sample } from '../figures/samples.ts';
import { busySeconds, readProcesses, treeSeconds } from './cpu.ts';

/** Cores that others may use during a measurement. */
const MAX_FOREIGN_CORES = 0.2;
const ATTEMPTS = 3;

/** A reading of the machine's CPU clocks; the difference of two shows who used it in between. */
export interface Reading {
  atSeconds: number;
  busySeconds: number;
  ownSeconds: number;
}

/** Undefined without `/proc`: the use of the machine is then unknown. */
export function readMachine(): Reading | undefined {
  try {
    const busy = busySeconds(readFileSync('/proc/stat', 'utf8'));
    const own = treeSeconds(readProcesses(), process.pid);
    return { atSeconds: performance.now() / 1_000, busySeconds: busy, ownSeconds: own };
  } catch {
    return undefined;
  }
}

/** Cores used by other processes between two readings, to a thousandth: the kernel counts in hundredths of a second. */
export function foreignCores(before: Reading, after: Reading): number {
  const foreign = after.busySeconds - before.busySeconds - (after.ownSeconds - before.ownSeconds);
  return Math.max(0, Math.round((1_000 * foreign) / (after.atSeconds - before.atSeconds)) / 1_000);
}

export interface QuietOptions {
  /** Accept the first sample, however busy the machine is. */
  force: boolean;
  say(text: string): void;
  read?: () => Reading | undefined;
}

/** Measures; discards and repeats a sample, a few times, if others used the machine. */
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
