import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SystemWithTraces } from '@hotel/trace-test';
import { applyDiff, readDiffs } from './diff.ts';

const EXAMPLES = join(import.meta.dirname, '..');
const ROOT = join(EXAMPLES, '..');

/** Names of the exercises of an example: one page each, in its folder `exercises`. */
export function exercisesOf(example: string): string[] {
  try {
    const pages = readdirSync(join(EXAMPLES, example, 'exercises')).filter((name) => name.endsWith('.md'));
    return pages.map((name) => name.slice(0, -'.md'.length)).toSorted();
  } catch {
    return [];
  }
}

/** The page of an exercise, relative to the repository. */
function pageOf(example: string, exercise: string): string {
  return `examples/${example}/exercises/${exercise}.md`;
}

/** The text of the pages whose diffs make up an exercise, in order: `<!-- after: NAME -->` names the one before. */
function pagesOf(example: string, exercise: string): string[] {
  const page = readFileSync(join(ROOT, pageOf(example, exercise)), 'utf8');
  const before = /<!-- after: ([\w-]+) -->/.exec(page)?.[1];
  return [...(before === undefined ? [] : pagesOf(example, before)), page];
}

/**
 * Copies an example to `folder`, applies the diffs of an exercise to the copy, and loads its system. A copy from an
 * earlier start is replaced.
 */
export async function prepareExercise(example: string, exercise: string, folder: string): Promise<SystemWithTraces> {
  const copy = join(folder, 'examples', example);
  await rm(folder, { recursive: true, force: true });
  await mkdir(dirname(copy), { recursive: true });
  const isWanted = (path: string) => !['exercises', 'test', 'deploy'].includes(relative(join(EXAMPLES, example), path));
  await cp(join(EXAMPLES, example), copy, { recursive: true, filter: isWanted });
  await cp(join(EXAMPLES, 'package.json'), join(folder, 'examples/package.json'));
  // What the copy imports is not copied.
  for (const name of ['src', 'node_modules']) {
    await symlink(join(EXAMPLES, name), join(folder, 'examples', name), 'junction');
  }
  for (const diff of pagesOf(example, exercise).flatMap(readDiffs)) {
    const path = join(copy, diff.file);
    await writeFile(path, applyDiff(diff.isNew ? '' : readFileSync(path, 'utf8'), diff));
  }
  const { system } = (await import(pathToFileURL(join(copy, 'system.ts')).href)) as { system: SystemWithTraces };
  const own = `examples/${example}`;
  return {
    ...system,
    lesson: pageOf(example, exercise),
    processes: system.processes.map((process) =>
      process.folder === own ? { ...process, folder: relative(ROOT, copy) } : process,
    ),
  };
}
