import { writeSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

interface RanSuite {
  errors(): readonly unknown[];
}

/** The part of Vitest's `TestModule` read here. */
export interface RanModule extends RanSuite {
  children: {
    allTests(): Iterable<{ result(): { state: 'passed' | 'failed' | 'skipped' | 'pending' } }>;
    allSuites(): Iterable<RanSuite>;
  };
}

/** What broke outside of a test (a file that does not load, a hook, an unhandled rejection) counts as failed: the line never says "0 failed" about a failed run. */
export function countRun(modules: readonly RanModule[], unhandledErrors: readonly unknown[]): Totals {
  const totals: Totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that never finished (cancelled, killed by a pool timeout) has not passed.
      totals[state === 'pending' ? 'failed' : state] += 1;
    }
    for (const suite of [module, ...module.children.allSuites()]) if (suite.errors().length > 0) totals.failed += 1;
  }
  return totals;
}

export function summaryLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Ends a run's output with one line that a script can read: `N passed, N failed[, N skipped]`. */
export default class SummaryReporter implements Reporter {
  private line: string | undefined;
  private watching = false;

  onWatcherStart(): void {
    this.watching = true;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const first = this.line === undefined;
    this.line = summaryLine(countRun(modules, unhandledErrors));
    if (this.watching) console.log(this.line);
    // Reporters run side by side and the default one is still writing: the last word is at exit.
    else if (first) process.once('exit', () => writeSync(1, `${this.line}\n`));
  }
}
