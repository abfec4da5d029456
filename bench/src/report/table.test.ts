import { describe, expect, it } from 'vitest';
import { formatFigure, formatNumber, renderTable } from './table.ts';

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

describe('a figure is written', () => {
  it('as the median, and the least and the most of the rounds', () => {
    expect(formatFigure({ values: [120, 100, 110], busy: false }, { force: false })).toBe('110 (100 to 120)');
  });

  it('without a spread where the rounds agree', () => {
    expect(formatFigure({ values: [6, 6], busy: false }, { force: false })).toBe('6');
  });

  it('not at all when the machine was busy, unless it is forced, and then with the mark', () => {
    expect(formatFigure({ values: [6], busy: true }, { force: false })).toBe('busy');
    expect(formatFigure({ values: [6], busy: true }, { force: true })).toBe('6 busy');
  });

  it('as nothing when there is nothing', () => {
    expect(formatFigure({ values: [], busy: false }, { force: false })).toBe('');
  });
});

it('a table is Markdown, with a cell for every column of every row', () => {
  const table = {
    id: 'fruit',
    title: 'Fruit',
    of: 'kind',
    columns: [
      { key: 'weight', title: 'g' },
      { key: 'price', title: 'ct' },
    ],
    rows: [{ name: 'apple', figures: { weight: { values: [150], busy: false } } }],
    note: 'Washed.',
  };
  expect(renderTable(table, { force: false })).toBe(
    ['**Fruit**', '', '| kind | g | ct |', '| --- | ---: | ---: |', '| apple | 150 |  |', '', 'Washed.'].join('\n'),
  );
});
