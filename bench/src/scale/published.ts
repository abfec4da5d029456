import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../figures/answer.ts';
import { type Conditions, root } from '../machine/describe.ts';
import type { Fit } from './fitted.ts';

export const DATA = join(root, 'docs/scale.json');
export const PAGE = join(root, 'docs/scale.md');

/** Tables of one run of a question. */
export interface MeasuredTables {
  conditions: Conditions;
  tables: Table[];
}

/** A run of `scale` and the model that was fitted to it, and a run of `history`. */
export interface Published extends MeasuredTables {
  model: Fit;
  history: MeasuredTables;
}

export function readPublished(): Published {
  return JSON.parse(readFileSync(DATA, 'utf8')) as Published;
}
