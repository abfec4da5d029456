import { describe, expect, it } from 'vitest';
import { foreignCores, quietly, type Reading } from './busy.ts';

it('counts the busy time of the machine minus our own as that of others', () => {
  const before = { atSeconds: 10, busySeconds: 100, ownSeconds: 40 };
  expect(foreignCores(before, { atSeconds: 14, busySeconds: 106, ownSeconds: 45 })).toBe(0.25);
  // Clocks with 100 ticks per second disagree slightly.
  expect(foreignCores(before, { atSeconds: 14, busySeconds: 104.9, ownSeconds: 45 })).toBe(0);
});

describe('a measurement', () => {
  /** Readings one second apart; between the two of an attempt, others use the given number of cores. */
  function machine(...foreign: number[]) {
    let atSeconds = 0;
    let busySeconds = 0;
    let readings = 0;
    const read = (): Reading => {
      if (readings++ % 2 === 1) busySeconds += foreign.shift() ?? 0;
      return { atSeconds: atSeconds++, busySeconds, ownSeconds: 0 };
    };
    return read;
  }
  const said: string[] = [];
  let measured = 0;
  const measure = async () => ({ n: ++measured });
  const run = (read: () => Reading | undefined, force = false) => {
    measured = 0;
    said.length = 0;
    return quietly(measure, { force, say: (text) => said.push(text), read });
  };

  it('counts if the machine was quiet', async () => {
    expect(await run(machine(0.1))).toEqual({ values: { n: 1 }, foreignCores: 0.1, busy: false });
    expect(said).toEqual([]);
  });

  it('is discarded and repeated if others used the machine', async () => {
    expect(await run(machine(1.5, 0.1))).toMatchObject({ values: { n: 2 }, busy: false });
    expect(said).toEqual(['others used 1.50 cores; measuring again']);
  });

  it('is marked if the machine does not become quiet', async () => {
    expect(await run(machine(1, 1, 1, 0))).toMatchObject({ values: { n: 3 }, busy: true });
  });

  it('is kept and marked when forced', async () => {
    expect(await run(machine(1, 0), true)).toMatchObject({ values: { n: 1 }, busy: true });
  });

  it('is marked if the use of the machine is unknown', async () => {
    expect(await run(() => undefined)).toEqual({ values: { n: 1 }, foreignCores: undefined, busy: true });
  });
});
