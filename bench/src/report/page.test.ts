import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../figures/answer.ts';
import { all } from '../questions/throughput.ts';
import { questions } from '../questions.ts';
import { renderPage } from './page.ts';
import type { Run } from './runs.ts';
import { isMet } from './targets.ts';

const conditions = {
  date: '2027-01-30 09:15',
  commit: 'abc1234',
  rounds: 3,
  cores: 2,
  processor: 'a processor',
  memoryGb: 8,
  system: 'Linux 6.1',
  versions: { node: '24.0.0' },
};

/** A run that asked only for throughput. */
const run = (extraUs: number, busy = false): Run => {
  const columns = [{ key: 'extraUs', title: 'more than untraced, us' }];
  const rows = [{ name: all, figures: { extraUs: { values: [extraUs], busy } } }];
  const answer: Answer = {
    question: 'How much?',
    tables: [{ id: 'throughput', title: 'Throughput', of: 'variant', columns, rows }],
  };
  return { conditions, answers: { throughput: answer } };
};
const names = Object.keys(questions);
const page = (...runs: Run[]) => renderPage(runs, names, { force: false });
const target = (text: string) =>
  text.split('\n').find((line) => line.startsWith('| CPU that tracing adds to a booking, us | at most'));

it('every question has a place on the page, except those that print their own answer', () => {
  const template = readFileSync(new URL('./page.md', import.meta.url), 'utf8');
  const places = [...template.matchAll(/\{\{([\w ]+)\}\}/g)].map(([, name]) => name);
  const expected = names.filter(
    (name) => !('script' in (questions[name] ?? {})) && !('page' in (questions[name] ?? {})),
  );
  expect(places).toEqual(expect.arrayContaining(expected));
  for (const place of places)
    expect([...expected, 'conditions', 'targets', 'in the way', 'cost sheet']).toContain(place);
});

it('states the conditions, and which questions were not asked', () => {
  expect(page(run(70))).toContain('commit abc1234, 3 rounds, 2 cores (a processor), 8 GiB');
  expect(page(run(70))).toContain('Not measured yet: `npx -y pnpm@12 bench growth`.');
  expect(page()).toContain('Nothing has been measured yet.');
  const older = { conditions: { ...conditions, commit: 'older00' }, answers: { growth: { question: '', tables: [] } } };
  const two = page(older, run(70));
  expect(two).toMatch(/^- throughput: .* commit abc1234/m);
  expect(two).toMatch(/^- growth: .* commit older00/m);
});

describe('target', () => {
  it('is shown next to the last three runs, newest first', () => {
    expect(target(page(run(10), run(20), run(30), run(40)))).toContain('| at most 80 | 40 | 30 | 20 | yes |');
  });

  it('is met only if every run shown has met it', () => {
    expect(target(page(run(90), run(70)))).toContain('| 70 | 90 | **no** |');
  });

  it('explains the obstacle if any run shown has missed it', () => {
    const obstacle = /^- CPU that tracing adds to a booking, us: /m;
    expect(page(run(90), run(70))).toMatch(obstacle);
    expect(page(run(70))).not.toMatch(obstacle);
  });

  it('is neither met nor missed on a busy machine', () => {
    expect(target(page(run(90, true)))).toContain('| busy | not known |');
  });

  it.each([
    ['at most', 80, true],
    ['below', 80, false],
    ['at least', 80, true],
    ['above', 80, false],
  ] as const)('of %s 80 and a figure of %d is met: %s', (is, value, met) => {
    expect(isMet({ is, bound: 80 }, value)).toBe(met);
  });
});
