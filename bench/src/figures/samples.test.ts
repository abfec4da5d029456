import { describe, expect, it } from 'vitest';
import { compare, figureOf, rowOf, type Sample } from './samples.ts';

const sample = (rate: number, busy = false): Sample => ({ values: { rate }, foreignCores: 0, busy });
const rateOf = ({ values }: Sample) => values.rate;
const ratio = (own: Record<string, number>, base: Record<string, number>) => (own.rate ?? 0) / (base.rate ?? 0);

describe('figure', () => {
  it('uses only the quiet rounds', () => {
    expect(figureOf([sample(100), sample(20, true), sample(110)], rateOf)).toEqual({ values: [100, 110], busy: false });
  });

  it('uses all rounds and is marked busy if none was quiet', () => {
    expect(figureOf([sample(100, true), sample(20, true)], rateOf)).toEqual({ values: [100, 20], busy: true });
  });

  it('omits what was not measured', () => {
    expect(figureOf([sample(100), { ...sample(0), values: {} }, sample(Number.NaN)], rateOf).values).toEqual([100]);
  });
});

describe('comparison', () => {
  const samples = new Map([
    ['own', [sample(50), sample(90), sample(30, true)]],
    ['base', [sample(100), sample(100), sample(100)]],
  ]);

  it('compares within each round, and counts rounds in which both were quiet', () => {
    expect(compare(samples, 'own', 'base', ratio)).toEqual({ values: [0.5, 0.9], busy: false });
  });

  it('is empty if one side was not measured', () => {
    expect(compare(samples, 'own', 'other', ratio)).toBeUndefined();
  });

  it('has no value in a round that only one side measured', () => {
    const uneven = new Map([...samples, ['base', [sample(100)]]]);
    expect(compare(uneven, 'own', 'base', ratio)?.values).toEqual([0.5]);
  });
});

it('a row has the columns its variant measured, plus those added to it', () => {
  const columns = ['rate', 'p99'].map((key) => ({ key, title: key }));
  const more = { ofBase: { values: [0.5], busy: false }, ofOther: undefined };
  expect(rowOf(new Map([['own', [sample(50)]]]), 'own', columns, more)).toEqual({
    name: 'own',
    figures: { rate: { values: [50], busy: false }, ofBase: { values: [0.5], busy: false } },
  });
});
