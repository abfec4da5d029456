import type { System } from '@hotel/system';
import { expect, it, onTestFinished } from 'vitest';
import { maskVariable, readPage } from './page.ts';
import { canRunPages, startPageShell } from './page-shell.ts';

/**
 * Tests a page by running all its commands in order and comparing their output with the page. `notRun` lists, in order,
 * the reasons of the commands that cannot run in a test.
 */
export function testPage(file: string, system: System, notRun: readonly string[]): void {
  const page = readPage(file);

  it.skipIf(!canRunPages)(
    'does and prints what it says, from the first command to the last',
    { timeout: 300_000 },
    async () => {
      const shell = await startPageShell(system);
      // Runs on a timeout too, which would otherwise leave everything running.
      onTestFinished(() => shell[Symbol.asyncDispose]());
      for (const { commands, shown } of page.steps) {
        const printed = await shell.run(commands);
        if (shown !== undefined) expect(maskVariable(printed), commands).toBe(maskVariable(shown));
      }
      expect(page.steps).not.toEqual([]);
    },
  );

  it('leaves no command untested but those it lists', () => {
    expect(page.notRun.map(({ reason }) => reason)).toEqual(notRun);
  });
}
