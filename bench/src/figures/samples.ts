import type { Column, Figure, Row } from './answer.ts';

/** What was measured of one variant in one round. */
export interface Sample {
  values: Record<string, number>;
  /** Cores that other processes of the machine used meanwhile; undefined where that cannot be known. */
  foreignCores: number | undefined;
  busy: boolean;
}

/** By variant; the index is the round, so that variants can be compared within a round. */
export type Samples = Map<string, Sample[]>;

/** Quiet rounds alone; all of them, marked, when there is no quiet one. */
export function figureOf(
  samples: readonly Sample[],
  value: (sample: Sample, round: number) => number | undefined,
): Figure {
  const all = samples.map((sample, round) => ({ busy: sample.busy, value: value(sample, round) }));
  const known = all.filter((one): one is { busy: boolean; value: number } => Number.isFinite(one.value));
  const quiet = known.filter(({ busy }) => !busy);
  return { values: (quiet.length > 0 ? quiet : known).map((one) => one.value), busy: quiet.length === 0 };
}

/** A figure that relates two variants, round by round: what they share of the machine's moods cancels out. */
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

/** The row of one variant, with a figure for each column that it has measured. */
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
