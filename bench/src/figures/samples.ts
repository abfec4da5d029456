import type { Column, Figure, Row } from './answer.ts';

/** One variant measured in one round. */
export interface Sample {
  values: Record<string, number>;
  /** Cores used by other processes meanwhile; undefined if unknown. */
  foreignCores: number | undefined;
  busy: boolean;
}

/** Samples by variant and round, so that variants can be compared within a round. */
export type Samples = Map<string, Sample[]>;

/** Only the quiet rounds; if there are none, all of them, marked. */
export function figureOf(
  samples: readonly Sample[],
  value: (sample: Sample, round: number) => number | undefined,
): Figure {
  const all = samples.map((sample, round) => ({ busy: sample.busy, value: value(sample, round) }));
  const known = all.filter((one): one is { busy: boolean; value: number } => Number.isFinite(one.value));
  const quiet = known.filter(({ busy }) => !busy);
  return { values: (quiet.length > 0 ? quiet : known).map((one) => one.value), busy: quiet.length === 0 };
}

/** A figure that compares two variants round by round, so that the machine's changing speed cancels out. */
export function compare(
  samples: Samples,
  name: string,
  base: string,
  relate: (own: Record<string, number>, base: Record<string, number>) => number,
): Figure | undefined {
  const own = samples.get(name);
  const others = samples.get(base);
  if (!own || !others) return undefined;
  const pairs = own.flatMap((sample, round) => {
    const other = others[round];
    return other ? [{ values: {}, foreignCores: undefined, busy: sample.busy || other.busy, own: sample, other }] : [];
  });
  return figureOf(pairs, (_, round) => {
    const pair = pairs[round];
    return pair && relate(pair.own.values, pair.other.values);
  });
}

/** The row of one variant, with a figure for each column it measured. */
export function rowOf(
  samples: Samples,
  name: string,
  columns: readonly Column[],
  more: Record<string, Figure | undefined> = {},
): Row {
  const own = samples.get(name) ?? [];
  const measured = columns
    .filter(({ key }) => own.some(({ values }) => Number.isFinite(values[key])))
    .map(({ key }): [string, Figure] => [key, figureOf(own, ({ values }) => values[key])]);
  const further = Object.entries(more).filter((entry): entry is [string, Figure] => (entry[1]?.values.length ?? 0) > 0);
  return { name, figures: Object.fromEntries([...measured, ...further]) };
}
