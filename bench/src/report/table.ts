import type { Figure, Table } from '../figures/answer.ts';
import { median } from '../figures/statistics.ts';
import { WIDTH, wrapText } from './wrap.ts';

export interface RenderOptions {
  /** Also print figures from a busy machine, marked. */
  force: boolean;
}

/** Three significant digits; all digits from 1,000 on. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** `1,234 (1,200 to 1,250)`: the median and the range of the rounds. */
export function formatFigure({ values, busy }: Figure, { force }: RenderOptions): string {
  if (values.length === 0) return '';
  if (busy && !force) return 'busy';
  const text = formatNumber(median(values));
  const [least, most] = [formatNumber(Math.min(...values)), formatNumber(Math.max(...values))];
  return `${text}${least === most ? '' : ` (${least} to ${most})`}${busy ? ' busy' : ''}`;
}

/** A table without the columns that have no figures. */
export function renderTable(table: Table, options: RenderOptions): string {
  const columns = table.columns.filter(({ key }) => table.rows.some(({ figures }) => figures[key]?.values.length));
  const titles = [table.of, ...columns.map(({ title }) => title)];
  const lines = table.rows.map(({ name, figures }) => [
    name,
    ...columns.map(({ key }) => {
      const figure = figures[key];
      return figure ? formatFigure(figure, options) : '';
    }),
  ]);
  const note = table.note ? `\n\n${wrapText(table.note)}` : '';
  return `**${table.title}**\n\n${markdownTable(titles, lines)}${note}`;
}

/**
 * All columns but the first contain numbers and are right-aligned. A table that is too wide becomes several, each with
 * the first column.
 */
export function markdownTable(titles: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [titles, ...lines];
  const parts: number[][] = [[]];
  for (const column of titles.keys()) {
    if (column === 0) continue;
    const part = [...(parts.at(-1) ?? []), column];
    const isFull = part.length > 1 && all.some((cells) => row(pick(cells, part)).length > WIDTH);
    if (isFull) parts.push([column]);
    else parts[parts.length - 1] = part;
  }
  return parts
    .map((part) => {
      const rule = row(['---', ...part.map(() => '---:')]);
      return [row(pick(titles, part)), rule, ...lines.map((cells) => row(pick(cells, part)))].join('\n');
    })
    .join('\n\n');
}

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The first cell and those of some columns. */
const pick = (cells: readonly string[], columns: readonly number[]) => [0, ...columns].map((at) => cells[at] ?? '');
