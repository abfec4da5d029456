import type { Table } from '../figures/answer.ts';
import { median } from '../figures/statistics.ts';
import { findFigure } from '../report/targets.ts';

/** The median of the rounds; NaN if it was not measured. */
export function measured(tables: readonly Table[], table: string, row: string, column: string): number {
  const figure = findFigure([{ question: '', tables: [...tables] }], { table, row, column });
  return figure && figure.values.length > 0 ? median(figure.values) : Number.NaN;
}
