import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Table } from '../figures/answer.ts';
import { type Conditions, root } from '../machine/describe.ts';
import type { Fit } from './fitted.ts';

export const DATA = join(root, 'docs/scale.json');
export const PAGE = join(root, 'docs/scale.md');

/** The measured points of one run, and the model that was fitted to them. */
export interface Published {
  conditions: Conditions;
  tables: Table[];
  model: Fit;
}

export function readPublished(): Published {
  return JSON.parse(readFileSync(DATA, 'utf8')) as Published;
}
