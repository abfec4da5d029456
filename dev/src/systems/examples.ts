import { UsageError } from '@hotel/cli';
import type { System } from '@hotel/system';
import { hotel } from './hotel.ts';

interface Example {
  system: System;
  /** Of an example that is told in steps: the system as it is at one of them. */
  systemAt?: (step: number) => System;
  steps?: number;
}

/** Loaded when asked for: the hotel's commands need none of them. */
const EXAMPLES: Record<string, () => Promise<Example>> = {
  bands: () => import('examples/bands'),
  reservations: () => import('examples/reservations'),
  shop: () => import('examples/shop'),
};

export const exampleNames: readonly string[] = Object.keys(EXAMPLES);

/**
 * The system that a command is about: an example, or without a name the hotel.
 * @throws UsageError when there is no such example, or no such step in it.
 */
export async function findSystem(name?: string, step?: string): Promise<System> {
  if (name === undefined || name === hotel.name) {
    if (step !== undefined) throw new UsageError('--step belongs to an example: --example=NAME --step=N');
    return hotel;
  }
  const example = await EXAMPLES[name]?.();
  if (!example) throw new UsageError(`There is no example '${name}'. There are ${exampleNames.join(', ')}.`);
  if (step === undefined) return example.system;
  const { systemAt, steps = 0 } = example;
  if (!systemAt) throw new UsageError(`The example ${name} is not told in steps: leave --step out.`);
  const number = Number(step);
  if (!Number.isInteger(number) || number < 1 || number > steps) {
    throw new UsageError(`--step=${step}: the steps of ${name} are 1 to ${steps}.`);
  }
  return systemAt(number);
}

/** The services in which the traces begin that a system promises. */
export function rootServices(system: System): string[] {
  return [...new Set(Object.values(system.expectedTraces).map(({ service }) => service))];
}
