import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { readDiffs } from '../../exercises/diff.ts';
import { exercisesOf, prepareExercise } from '../../exercises/exercise.ts';
import { testPage } from '../../test/test-page.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = join(import.meta.dirname, '../exercises');
const names = exercisesOf('shop');
const copies = await mkdtemp(join(tmpdir(), 'exercises-'));
afterAll(() => rm(copies, { recursive: true, force: true }));
const systems = new Map(
  await Promise.all(
    names.map(async (name) => [name, await prepareExercise('shop', name, join(copies, name))] as const),
  ),
);

/** Runs a tool of the workspace. @throws Error with its output if it finds a problem */
async function run(tool: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(join(ROOT, 'node_modules/.bin', tool), args, { cwd: copies }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new Error(stdout + stderr);
    },
  );
}

it('every exercise passes type checker, linter and formatter', async () => {
  const compilerOptions = { typeRoots: [join(ROOT, 'node_modules/@types')], noEmit: true };
  const include = names.map((name) => `${name}/examples/shop`);
  const config = { extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include };
  await writeFile(join(copies, 'tsconfig.json'), JSON.stringify(config));
  await run('tsc', '-p', 'tsconfig.json');
  const rules = JSON.parse(await readFile(join(ROOT, 'biome.json'), 'utf8'));
  await writeFile(join(copies, 'biome.json'), JSON.stringify({ ...rules, $schema: undefined, vcs: undefined }));
  await run('biome', 'check', '--error-on-warnings', ...include);
});

describe.each(names)('the exercise %s', (name) => {
  const page = join(FOLDER, `${name}.md`);

  it('changes fewer than 100 lines', async () => {
    const hunks = readDiffs(await readFile(page, 'utf8')).flatMap((diff) => diff.hunks);
    const changed = hunks.reduce((sum, { added, removed }) => sum + added + removed, 0);
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThan(100);
  });

  const system = systems.get(name);
  if (system) testPage(page, system, []);
});
