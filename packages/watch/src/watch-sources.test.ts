import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Change, isSource, watchSources } from './watch-sources.ts';

let root: string;
let end = () => {};
const changes: Change[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hotel-watch-'));
  await mkdir(join(root, 'app/src/deep'), { recursive: true });
  await mkdir(join(root, 'lib/src'), { recursive: true });
  changes.length = 0;
  end = watchSources(
    root,
    new Map([
      ['app', ['app']],
      ['lib', ['app', 'other']],
      ['nowhere', ['other']],
    ]),
    (change) => changes.push(change),
  );
});
afterEach(async () => {
  end();
  await rm(root, { recursive: true, force: true });
});

it('distinguishes sources from tests and from temporary files of editors', () => {
  expect(['a.ts', 'deep/b.sql', 'c.tsx'].every(isSource)).toBe(true);
  expect(['a.test.ts', '.a.ts.swp', 'a.ts~', '4913', 'deep/.x.ts'].some(isSource)).toBe(false);
});

it('reports several quick changes once, with the affected processes', async () => {
  // At once, however slow the machine is.
  for (const file of ['app/src/deep/a.ts', 'app/src/b.test.ts', 'lib/src/c.ts']) writeFileSync(join(root, file), '1');
  await expect.poll(() => changes).toHaveLength(1);
  expect(changes[0]?.processes.toSorted()).toEqual(['app', 'other']);
  await writeFile(join(root, 'app/src/deep/a.ts'), '2');
  await expect.poll(() => changes).toHaveLength(2);
  expect(changes[1]).toEqual({ file: 'app/src/deep/a.ts', processes: ['app'] });
});

it('keeps watching a file that an editor replaces, and new folders', async () => {
  const file = join(root, 'app/src/deep/a.ts');
  for (const [index, text] of ['1', '2', '3'].entries()) {
    await writeFile(join(root, 'app/src/deep/.a.ts.new'), text);
    await rename(join(root, 'app/src/deep/.a.ts.new'), file);
    await expect.poll(() => changes).toHaveLength(index + 1);
  }
  await mkdir(join(root, 'app/src/fresh/deeper'), { recursive: true });
  await writeFile(join(root, 'app/src/fresh/deeper/b.ts'), '1');
  await expect.poll(() => changes.at(-1)?.file).toBe('app/src/fresh/deeper/b.ts');
  await rm(file);
  await expect.poll(() => changes.at(-1)?.file).toBe('app/src/deep/a.ts');
});
