import { join } from 'node:path';
import { UsageError } from '@hotel/cli';
import type { SystemWithTraces } from '@hotel/trace-test';
import { hotel } from './hotel.ts';

interface Example {
  system: SystemWithTraces;
  /** For an example with steps: the system in the state of one of them. */
  systemAt?: (step: number) => SystemWithTraces;
  steps?: number;
}

/** Loaded on demand, since the hotel's commands need none of them. */
const EXAMPLES: Record<string, () => Promise<Example>> = {
  bands: () => import('examples/bands'),
  polyglot: () => import('examples/polyglot'),
  reservations: () => import('examples/reservations'),
  shop: () => import('examples/shop'),
};

export const exampleNames: readonly string[] = Object.keys(EXAMPLES);

/**
 * The system that a command is about: the named example, else the hotel.
 * @throws UsageError when there is no such example, or no such step in it.
 */
export async function findSystem(name?: string, step?: string): Promise<SystemWithTraces> {
  if (name === undefined || name === hotel.name) {
    if (step !== undefined) throw new UsageError('--step belongs to an example: --example=NAME --step=N');
    return hotel;
  }
  const example = await EXAMPLES[name]?.();
  if (!example) throw new UsageError(`There is no example '${name}'. There are ${exampleNames.join(', ')}.`);
  if (step === undefined) return example.system;
  const { systemAt, steps = 0 } = example;
  if (!systemAt) throw new UsageError(`The example ${name} has no steps: leave --step out.`);
  const number = Number(step);
  if (!Number.isInteger(number) || number < 1 || number > steps) {
    throw new UsageError(`--step=${step}: the steps of ${name} are 1 to ${steps}.`);
  }
  return systemAt(number);
}

/**
 * The system of an exercise: a copy of its example, below `dataDir`, with the changes of the exercise's page.
 * @throws UsageError when there is no such exercise.
 */
export async function findExercise(
  example: string | undefined,
  exercise: string,
  dataDir: string,
): Promise<SystemWithTraces> {
  if (example === undefined || !exampleNames.includes(example)) {
    throw new UsageError('--exercise belongs to an example: --example=NAME --exercise=NAME');
  }
  const { exercisesOf, prepareExercise } = await import('examples/exercises');
  const names = exercisesOf(example);
  if (!names.includes(exercise)) {
    const known = names.length > 0 ? `It has ${names.join(', ')}.` : 'It has none.';
    throw new UsageError(`The example ${example} has no exercise '${exercise}'. ${known}`);
  }
  return prepareExercise(example, exercise, join(dataDir, 'exercises', exercise));
}

/** The services in which the expected traces of a system start. */
export function rootServices(system: SystemWithTraces): string[] {
  return [...new Set(Object.values(system.expectedTraces).map(({ service }) => service))];
}
