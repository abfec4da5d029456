import { expect, test } from 'vitest';
import { countRun, type RanModule, summaryLine } from './summary-reporter.ts';

type State = 'passed' | 'failed' | 'skipped' | 'pending';

function module(states: State[], { errors = [], suites = [] }: { errors?: unknown[]; suites?: unknown[][] } = {}) {
  return {
    errors: () => errors,
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => suites.map((suiteErrors) => ({ errors: () => suiteErrors })),
    },
  } satisfies RanModule;
}

test('the last line counts what passed and what failed', () => {
  expect(summaryLine(countRun([module(['passed', 'passed', 'failed']), module(['passed'])], []))).toBe(
    '3 passed, 1 failed',
  );
});

test('skipped tests are named only when there are any', () => {
  expect(summaryLine(countRun([module(['passed', 'skipped'])], []))).toBe('1 passed, 0 failed, 1 skipped');
});

test('a file that does not load is a failure although it has no test', () => {
  expect(countRun([module([], { errors: ['syntax error'] })], [])).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a suite whose hook failed is a failure although its tests were only skipped', () => {
  expect(countRun([module(['skipped'], { suites: [['beforeAll'], []] })], [])).toMatchObject({ failed: 1, skipped: 1 });
});

test('an unhandled rejection is a failure', () => {
  expect(countRun([module(['passed'])], ['rejected'])).toMatchObject({ passed: 1, failed: 1 });
});

test('a test that never ended has not passed', () => {
  expect(countRun([module(['pending'])], [])).toMatchObject({ passed: 0, failed: 1 });
});
