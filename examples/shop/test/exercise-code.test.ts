import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDiffs } from '../../exercises/diff.ts';
import { exercisesOf, prepareExercise } from '../../exercises/exercise.ts';

const ROOT = join(import.meta.dirname, '../../..');
const names = exercisesOf('shop');
const copies = await mkdtemp(join(tmpdir(), 'exercises-'));
const folders = names.map((name) => `${name}/examples/shop`);
beforeAll(async () => {
  for (const name of names) await prepareExercise('shop', name, join(copies, name));
});
afterAll(() => rm(copies, { recursive: true, force: true }));

/** Runs a tool of the workspace. @throws Error with its output if it finds a problem */
async function run(tool: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(join(ROOT, 'node_modules/.bin', tool), args, { cwd: copies }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(stdout + stderr);
    },
  );
}

it('every exercise passes the type checker', async () => {
  const compilerOptions = { typeRoots: [join(ROOT, 'node_modules/@types')], noEmit: true };
  const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: folders };
  await writeFile(join(copies, 'tsconfig.json'), JSON.stringify(config));
  await run('tsc', '-p', 'tsconfig.json');
}, 400_000);

it('every exercise passes linter and formatter', async () => {
  const rules = JSON.parse(await readFile(join(ROOT, 'biome.json'), 'utf8'));
  await writeFile(join(copies, 'biome.json'), JSON.stringify({ ...rules, $schema: undefined, vcs: undefined }));
  await run('biome', 'check', '--error-on-warnings', ...folders);
});

it.each(names)('the exercise %s changes fewer than 100 lines', (name) => {
  const page = readFileSync(join(ROOT, 'examples/shop/exercises', `${name}.md`), 'utf8');
  const hunks = readDiffs(page).flatMap((diff) => diff.hunks);
  const changed = hunks.reduce((sum, { added, removed }) => sum + added + removed, 0);
  expect(changed).toBeGreaterThan(0);
  expect(changed).toBeLessThan(100);
});
