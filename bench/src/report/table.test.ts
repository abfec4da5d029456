import { describe, expect, it } from 'vitest';
import { formatFigure, formatNumber, markdownTable, renderTable } from './table.ts';
import { wrapItem } from './wrap.ts';

it.each([
  [0, '0'],
  [12_345.6, '12,346'],
  [1_000_000, '1,000,000'],
  [99.94, '99.9'],
  [0.8512, '0.851'],
  [0.00123, '0.00123'],
])('%d is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

describe('writes a figure', () => {
  it('as the median with the minimum and maximum of the rounds', () => {
    expect(formatFigure({ values: [120, 100, 110], busy: false }, { force: false })).toBe('110 (100 to 120)');
  });

  it('without a range if the rounds agree', () => {
    expect(formatFigure({ values: [6, 6], busy: false }, { force: false })).toBe('6');
  });

  it('not at all if the machine was busy, unless forced, and then marked', () => {
    expect(formatFigure({ values: [6], busy: true }, { force: false })).toBe('busy');
    expect(formatFigure({ values: [6], busy: true }, { force: true })).toBe('6 busy');
  });

  it('as an empty cell if there is none', () => {
    expect(formatFigure({ values: [], busy: false }, { force: false })).toBe('');
  });
});

it('writes a Markdown table with a cell for every row and every column that has figures', () => {
  const table = {
    id: 'fruit',
    title: 'Fruit',
    of: 'kind',
    columns: [
      { key: 'weight', title: 'g' },
      { key: 'price', title: 'ct' },
      { key: 'age', title: 'days' },
    ],
    rows: [
      { name: 'apple', figures: { weight: { values: [150], busy: false }, age: { values: [], busy: false } } },
      { name: 'pear', figures: { price: { values: [90], busy: false } } },
    ],
    note: 'Washed.',
  };
  expect(renderTable(table, { force: false })).toBe(
    [
      ...['**Fruit**', '', '| kind | g | ct |', '| --- | ---: | ---: |', '| apple | 150 |  |', '| pear |  | 90 |'],
      ...['', 'Washed.'],
    ].join('\n'),
  );
});

it('splits a table that is wider than a line, and repeats its first column', () => {
  const titles = ['kind', ...Array.from({ length: 4 }, (_, index) => `${index} ${'x'.repeat(30)}`)];
  const tables = markdownTable(titles, [['apple', '0', '1', '2', '3']]).split('\n\n');
  expect(tables.map((table) => table.split('\n').at(-1))).toEqual(['| apple | 0 | 1 |', '| apple | 2 | 3 |']);
  expect(tables.every((table) => table.split('\n').every((line) => line.length <= 100))).toBe(true);
});

it('wraps an item of a list at 100 characters', () => {
  const lines = wrapItem(Array.from({ length: 30 }, () => 'figure').join(' ')).split('\n');
  expect(lines.map((line) => line.slice(0, 8))).toEqual(['- figure', '  figure', '  figure']);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
});
