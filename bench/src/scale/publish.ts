import { writeFileSync } from 'node:fs';
import type { Table } from '../figures/answer.ts';
import type { Conditions } from '../machine/describe.ts';
import { fitModel } from './fitted.ts';
import { renderScale } from './page.ts';
import { DATA, PAGE, type Published, readPublished } from './published.ts';

const DIGITS = 4;

/** Fits the model to a run, and writes `docs/scale.json` and `docs/scale.md`. */
export function publishScale(conditions: Conditions, measuredTables: readonly Table[]): void {
  const tables = rounded([...measuredTables]);
  const published: Published = { conditions, tables, model: rounded(fitModel(tables, conditions.cores)) };
  writeFileSync(DATA, `${JSON.stringify(published, null, 1)}\n`);
  writeFileSync(PAGE, renderScale(published));
}

/** Does the same with the run that is published already. */
export function publishScaleAgain(): void {
  const { conditions, tables } = readPublished();
  publishScale(conditions, tables);
}

function rounded<T>(values: T): T {
  const text = JSON.stringify(values, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value,
  );
  return JSON.parse(text) as T;
}
