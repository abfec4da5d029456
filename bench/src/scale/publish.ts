import { writeFileSync } from 'node:fs';
import { fitModel } from './fitted.ts';
import { renderScale } from './page.ts';
import { DATA, type MeasuredTables, PAGE, type Published, readPublished } from './published.ts';

const DIGITS = 4;

/** Publishes a run of `scale`, `history` or both, with the model fitted to the published run of `scale`. */
export function publishScale(run: Partial<Record<'scale' | 'history', MeasuredTables>>): void {
  const before = readPublished();
  const { conditions, tables } = run.scale ? rounded(run.scale) : before;
  const history = run.history ? rounded(run.history) : before.history;
  const published: Published = { conditions, tables, model: rounded(fitModel(tables, conditions.cores)), history };
  writeFileSync(DATA, `${JSON.stringify(published, null, 1)}\n`);
  writeFileSync(PAGE, renderScale(published));
}

function rounded<T>(values: T): T {
  const text = JSON.stringify(values, (_, value) =>
    typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value,
  );
  return JSON.parse(text) as T;
}
