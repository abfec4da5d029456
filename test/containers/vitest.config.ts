import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Not `*.test.ts`: these need root and a container engine, or a running hotel. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/containers/**/*.check.ts'],
    pool: 'forks',
    // Each file has an engine of its own.
    fileParallelism: false,
    testTimeout: 120_000,
    // Builds the base image and the images on it.
    hookTimeout: 900_000,
    expect: { poll: { timeout: 30_000 } },
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
