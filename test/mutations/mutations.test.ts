import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import type { Check } from '../e2e/harness/checks.ts';
import { startHotel } from '../e2e/harness/hotel.ts';
import { type Cut, mutations } from './table.ts';

/** Long enough for a healthy trace to complete; a broken one never does. */
const TIMEOUT_MS = 6_000;
const preload = new URL('cut.ts', import.meta.url).href;

async function startCut(cuts: Cut[], check?: Check): Promise<TracedSystem> {
  const more = await check?.processEnv?.();
  const processes = hotel.processes.map((spec) =>
    spec.traced ? { ...spec, nodeArgs: [...spec.nodeArgs, '--import', preload], env: { ...spec.env, ...more } } : spec,
  );
  return startHotel({
    system: { ...hotel, processes },
    env: { HOTEL_TEST_CUTS: JSON.stringify(cuts) },
    isWhole: false,
  });
}

describe('each piece of the propagation is needed', () => {
  it.each(mutations)('without $name, "$caughtBy.name" fails', async ({ cuts, given = [], caughtBy, because }) => {
    const traced = await startCut([...given, ...cuts], caughtBy);
    try {
      await expect(caughtBy.run(traced, { timeoutMs: TIMEOUT_MS })).rejects.toThrow(because);
    } finally {
      await traced.stop();
    }
  });

  it.each(mutations.filter(({ given }) => given))(
    'with $name, "$caughtBy.name" passes',
    async ({ given = [], caughtBy }) => {
      const traced = await startCut(given, caughtBy);
      try {
        await caughtBy.run(traced);
      } finally {
        await traced.stop();
      }
    },
  );

  it('a cut whose text is missing is reported', async () => {
    const stale = [{ file: 'dispo/src/outbox/relay.ts', find: 'what is not there', replace: '' }];
    await expect(startCut(stale)).rejects.toThrow('no longer contains the text to cut');
  });
});
