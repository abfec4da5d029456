import { expect, it } from 'vitest';
import { readPage, withoutChance } from '../../test/page.ts';
import { canFollow, startReader } from '../../test/reader.ts';
import { system } from '../system.ts';

const page = readPage(`${import.meta.dirname}/../README.md`);

it.skipIf(!canFollow)('does and prints what its README says, from the first command to the last', async () => {
  await using reader = await startReader(system);
  for (const { commands, shown } of page.steps) {
    const printed = await reader.follow(commands);
    if (shown !== undefined) expect(withoutChance(printed), commands).toBe(withoutChance(shown));
  }
  expect(page.steps.length).toBeGreaterThan(5);
});

it('leaves no command of its README untested but those it lists', () => {
  expect(page.notRun.map(({ reason }) => reason)).toEqual(['needs a cluster']);
});
