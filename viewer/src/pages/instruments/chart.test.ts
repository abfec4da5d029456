import { expect, test } from 'vitest';
import { lineChart } from './chart.ts';

const steps = { fromMs: 0, toMs: 60_000, count: 3 };

test.each([
  [
    [0, 0, 0],
    ['1', '0.5', '0'],
  ],
  [
    [2, 4, 3],
    ['4', '2', '0'],
  ],
  [
    [-5, -5, -5],
    ['0', '-2.5', '-5'],
  ],
])('the axis of a chart of %j has the labels %j', (values, labels) => {
  const svg = String(lineChart([{ values }], { steps, label: 'a chart', format: String, height: 100 }));
  const shown = [...svg.matchAll(/dy="-2">([^<]*)</g)].map(([, text]) => text);
  expect(shown).toEqual(labels);
});
