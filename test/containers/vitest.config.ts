import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Not `*.test.ts`: what these need (root and a container engine, or a hotel that runs) not everyone has who runs the tests. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/containers/*.check.ts'],
    pool: 'forks',
    testTimeout: 120_000,
    // Building three images on bases that are made on the spot.
    hookTimeout: 900_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
