import type { Table } from './figures/answer.ts';
import type { Sample, Samples } from './figures/samples.ts';
import { quietly } from './machine/busy.ts';

/** How much to measure, and where to report progress. */
export interface Bench {
  rounds: number;
  /** Duration of the load for the memory question. */
  minutes: number;
  force: boolean;
  /** Commit to compare with. */
  against?: string | undefined;
  /** Whether the answers are to be written down. */
  write: boolean;
  /** Reports progress to the terminal. */
  say(text: string): void;
}

/** A question, answered by measuring the real processes. */
export type Question = { question: string } & (
  | {
      ask(bench: Bench): Promise<Table[]>;
      /** The page in `docs/` with its figures. Default: `performance`. */
      page?: 'scale';
    }
  /** A script that prints its own figures; path from the repository's root. */
  | { script: string }
);

export interface Variant {
  name: string;
  measure(): Promise<Record<string, number>>;
}

/** Measures every variant once per round, every other round in reverse order, so that no variant always follows the same one. */
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
