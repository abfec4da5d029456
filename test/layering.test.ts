import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cases } from './layering/cases.ts';
import { readWorkspace } from './layering/workspace.ts';

const real = readWorkspace(join(import.meta.dirname, '..'));

describe.each(cases)('$name', ({ rule, right, wrong }) => {
  test('holds in this repository', () => {
    expect(rule(real)).toEqual([]);
  });

  test('accepts a workspace that follows it', () => {
    expect(rule(right)).toEqual([]);
  });

  test.each(wrong)('rejects %s', (_, members, sentence) => {
    expect(rule(members)).toEqual([sentence]);
  });
});

test('reads the members, sources and imports of the repository', () => {
  expect(real.map(({ folder }) => folder)).toEqual(
    expect.arrayContaining([
      '',
      'dispo',
      'cleaning',
      'viewer',
      'dev',
      'test',
      'packages/contracts',
      'packages/telemetry',
    ]),
  );
  const own = real.flatMap(({ files }) => files).find(({ path }) => path === 'test/layering.test.ts');
  expect(own?.imports).toContainEqual({ specifier: './layering/cases.ts', typeOnly: false });
});
