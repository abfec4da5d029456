import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Answer } from '../figures/answer.ts';
import { type Conditions, root } from '../machine/describe.ts';

/** One run of the bench: its conditions, and its answers by question name. */
export interface Run {
  conditions: Conditions;
  answers: Record<string, Answer>;
}

/** Not committed: figures belong to one machine. */
const FILE = join(root, '.hotel/bench/runs.json');
const KEPT = 20;

/** Oldest first. */
export function readRuns(file = FILE): Run[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Run[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function keepRun(run: Run, file = FILE): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify([...readRuns(file), run].slice(-KEPT)));
}

/** The last `count` runs with an answer to `question`, newest first. */
export function lastAnswers(runs: readonly Run[], question: string, count: number): Answer[] {
  return runs
    .toReversed()
    .flatMap(({ answers }) => answers[question] ?? [])
    .slice(0, count);
}
