import type { Table } from './figures/answer.ts';
import type { Sample, Samples } from './figures/samples.ts';
import { quietly } from './machine/busy.ts';

/** How much to measure, and whom to tell. */
export interface Bench {
  rounds: number;
  /** How long the question about memory puts the system under load. */
  minutes: number;
  force: boolean;
  /** Progress, for people. */
  say(text: string): void;
}

/** One question, answered by measuring the real processes. */
export type Question = { question: string } & (
  | { ask(bench: Bench): Promise<Table[]> }
  /** Of a package that answers for itself: a script, from the repository's root, that prints its own figures. */
  | { script: string }
);

export interface Variant {
  name: string;
  measure(): Promise<Record<string, number>>;
}

/** Measures every variant once in each round, every other round in reverse, so that none always comes after the same one. */
export async function interleave(bench: Bench, variants: readonly Variant[]): Promise<Samples> {
  const samples: Samples = new Map(variants.map(({ name }) => [name, []]));
  for (let round = 1; round <= bench.rounds; round++) {
    for (const { name, measure } of round % 2 === 1 ? variants : variants.toReversed()) {
      const what = `round ${round} of ${bench.rounds}, ${name}`;
      bench.say(what);
      const sample: Sample = await quietly(measure, {
        force: bench.force,
        say: (text) => bench.say(`${what}: ${text}`),
      });
      samples.get(name)?.push(sample);
    }
  }
  return samples;
}
