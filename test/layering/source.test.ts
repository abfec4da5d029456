import { expect, test } from 'vitest';
import { readSource } from './source.ts';

const importsOf = (text: string) => readSource('a.ts', text).imports;
const readsEnvironment = (text: string) => readSource('a.ts', text).readsEnvironment;

test.each([
  ["import 'a';", 'a'],
  ["import a, { b } from 'a';", 'a'],
  ["import * as a from '@scope/a/b.ts';", '@scope/a/b.ts'],
  ["import {\n  b,\n  type C,\n} from './a.ts';", './a.ts'],
  ["import a from './a.json' with { type: 'json' };", './a.json'],
  ["export * from './a.ts';", './a.ts'],
  ["export { a } from './a.ts';", './a.ts'],
  ["const a = await import('node:fs');", 'node:fs'],
  ["const a = require('node:fs');", 'node:fs'],
  ["const path = import.meta.resolve('node:fs');", 'node:fs'],
])('finds the run-time import in: %s', (source, specifier) => {
  expect(importsOf(source)).toEqual([{ specifier, typeOnly: false }]);
});

test.each([
  ["import type { A } from 'a';", 'a'],
  ["export type { A } from 'a';", 'a'],
  ["type A = typeof import('node:fs');", 'node:fs'],
  ["type A = import('node:fs').Stats;", 'node:fs'],
])('finds the type-only import in: %s', (source, specifier) => {
  expect(importsOf(source)).toEqual([{ specifier, typeOnly: true }]);
});

test.each(["export const from = 'a';", "// import 'a';", 'const text = "import \'a\'";'])(
  'finds no import in: %s',
  (source) => {
    expect(importsOf(source)).toEqual([]);
  },
);

test.each([
  'const port = process.env.PORT;',
  "const port = process['env'].PORT;",
  'const { PORT } = process.env;',
  "import { argv, env } from 'node:process';",
])('reports that the environment is read by: %s', (source) => {
  expect(readsEnvironment(source)).toBe(true);
});

test.each([
  '// process.env is read in config.ts',
  'const environment = process.environment;',
  "import { argv } from 'node:process';",
])('reports that the environment is not read by: %s', (source) => {
  expect(readsEnvironment(source)).toBe(false);
});

test('rejects a file that does not parse, with its name', () => {
  expect(() => readSource('broken.ts', 'const = 1;')).toThrow(/broken\.ts: /);
});
