import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { mutations } from './table.ts';

const ROOT = join(import.meta.dirname, '../..');

// The mutations themselves take minutes and run elsewhere: a change of the source must not break them unnoticed.
it.each(mutations)('the source still has what is cut in "$name"', async ({ cuts, given = [] }) => {
  for (const { file, find } of [...given, ...cuts]) {
    expect(await readFile(join(ROOT, file), 'utf8')).toContain(find);
  }
});
