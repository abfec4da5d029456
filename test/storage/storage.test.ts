import { hotel } from 'dev/system';
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../e2e/harness/checks.ts';
import { startHotel } from '../e2e/harness/hotel.ts';
import { storageChecks } from './checks.ts';
import { failingStorage } from './storage.ts';

const isPossible = await failingStorage().then(
  () => true,
  (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return false;
  },
);
const undo: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const step of undo.splice(0)) await step();
});

// Storage failures on demand need a C compiler. CI has one.
describe.skipIf(!isPossible)('failing storage', () => {
  it.each<Check>([storageChecks.powerCut, storageChecks.failedCommit])(
    '$name',
    async (check) => {
      const env = await check.processEnv?.();
      const processes = hotel.processes.map((spec) => ({ ...spec, env: { ...spec.env, ...env } }));
      const traced = await startHotel({ system: { ...hotel, processes } });
      undo.push(() => traced.stop());
      await check.run(traced);
      expect(traced.lines().filter(({ text }) => text.includes('a request failed'))).toEqual([]);
    },
    180_000,
  );
});
