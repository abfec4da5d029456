import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Every process of the tests takes what Node has compiled once, as those of a running system do.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, '.hotel/compile-cache');

export default defineConfig({
  test: {
    environment: 'node',
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.hotel/**'],
    // Each test file is a process of its own: a whole system may run in it.
    pool: 'forks',
    maxWorkers: 2,
    // No test asserts how fast something is; these only end what hangs, also on a machine that is several times slower.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
    passWithNoTests: false,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
