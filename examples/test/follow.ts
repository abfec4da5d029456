import type { System } from '@hotel/system';
import { expect, it, onTestFinished } from 'vitest';
import { readPage, withoutChance } from './page.ts';
import { canFollow, startReader } from './reader.ts';

/**
 * Tests a page by doing what it says, from the first command to the last, and comparing what is printed with what is shown. `notRun`
 * are the reasons of the commands that no test can run here, in their order.
 */
export function testPage(file: string, system: System, notRun: readonly string[]): void {
  const page = readPage(file);

  it.skipIf(!canFollow)(
    'does and prints what it says, from the first command to the last',
    { timeout: 300_000 },
    async () => {
      const reader = await startReader(system);
      // Also when time is up, which would leave everything running.
      onTestFinished(() => reader[Symbol.asyncDispose]());
      for (const { commands, shown } of page.steps) {
        const printed = await reader.follow(commands);
        if (shown !== undefined) expect(withoutChance(printed), commands).toBe(withoutChance(shown));
      }
      expect(page.steps).not.toEqual([]);
    },
  );

  it('leaves no command untested but those it lists', () => {
    expect(page.notRun.map(({ reason }) => reason)).toEqual(notRun);
  });
}
