import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// All processes started by tests share one compile cache, as those of a running system do.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.hotel/compile-cache');

/** What proves the tests: minutes each, so that `test:proofs` runs them instead of `test`. */
const proofs = [
  'test/faults/{selection,shutdown}.test.ts',
  'test/hostile/attack.test.ts',
  'test/mutations/mutations.test.ts',
  'test/copies/*.test.ts',
  'examples/*/test/exercises.test.ts',
];
const notOurs = ['**/node_modules/**', '**/.hotel/**'];

/** `--mode unit`: the tests beside the sources. `--mode proofs`: only the proofs. Otherwise: all but the proofs. */
export default defineConfig(({ mode }) => ({
  test: {
    environment: 'node',
    include: { unit: ['**/src/**/*.test.ts'], proofs }[mode] ?? ['**/*.test.ts'],
    exclude: mode === 'proofs' ? notOurs : [...notOurs, ...proofs],
    // Each test file has its own process: it may run a whole system.
    pool: 'forks',
    maxWorkers: 2,
    // No test asserts how fast something is; these only end what hangs, also on a machine that is several times slower.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: false,
    reporters: ['default', './test/summary-reporter.ts'],
  },
}));
