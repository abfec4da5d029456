import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { exercisesOf, prepareExercise } from '../../exercises/exercise.ts';
import { testPage } from '../../test/test-page.ts';

const copies = await mkdtemp(join(tmpdir(), 'exercises-'));
afterAll(() => rm(copies, { recursive: true, force: true }));
const exercises = await Promise.all(
  exercisesOf('shop').map(async (name) => ({ name, system: await prepareExercise('shop', name, join(copies, name)) })),
);

describe.each(exercises)('the exercise $name', ({ name, system }) => {
  testPage(join(import.meta.dirname, '../exercises', `${name}.md`), system, []);
});
