import type { Column, Table } from '../figures/answer.ts';
import { rowOf, type Samples } from '../figures/samples.ts';

/** CPU time per booking. */
export const cpu: Column[] = [
  'dispo',
  'postgres',
  'redis',
  'cleaning-worker',
  'cleaning',
  'collector',
  'generator',
].map((key) => ({ key, title: `${key}, us` }));
export const latency: Column[] = [
  { key: 'p50Ms', title: 'p50, ms' },
  { key: 'p99Ms', title: 'p99, ms' },
];
const foreign: Column = { key: 'foreign', title: 'cores used by others' };

/** A table of `docs/scale.md`, with the cores that other programs used. */
export function tableOf(id: string, title: string, columns: Column[], samples: Samples): Table {
  const withForeign: Samples = new Map(
    [...samples].map(([name, rounds]) => [
      name,
      rounds.map((sample) => ({ ...sample, values: { foreign: sample.foreignCores ?? Number.NaN, ...sample.values } })),
    ]),
  );
  return {
    id,
    title,
    of: 'variant',
    columns: [...columns, foreign],
    rows: [...samples.keys()].map((name) => rowOf(withForeign, name, [...columns, foreign])),
  };
}
