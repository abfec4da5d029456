import { expect, test } from 'vitest';
import { importsOf, readsEnvironment } from './source.ts';

test.each([
  ["import 'a';", 'a'],
  ["import a from 'a';", 'a'],
  ["import a, { b } from 'a';", 'a'],
  ["import * as a from '@scope/a/b.ts';", '@scope/a/b.ts'],
  ["import {\n  b,\n  type C,\n} from './a.ts';", './a.ts'],
  ["import a from './a.json' with { type: 'json' };", './a.json'],
  ["export * from './a.ts';", './a.ts'],
  ["export { a } from './a.ts';", './a.ts'],
  ["const a = await import('node:fs');", 'node:fs'],
  ["const a = require('node:fs');", 'node:fs'],
  ["const path = import.meta.resolve('node:fs');", 'node:fs'],
])('an import is seen: %s', (source, specifier) => {
  expect(importsOf(source)).toEqual([{ specifier, typeOnly: false }]);
});

test.each([
  ["import type { A } from 'a';", 'a'],
  ["export type { A } from 'a';", 'a'],
  ["type A = typeof import('node:fs');", 'node:fs'],
])('what is gone at run time is known: %s', (source, specifier) => {
  expect(importsOf(source)).toEqual([{ specifier, typeOnly: true }]);
});

test.each([
  "export const from = 'a';",
  "// import 'a';",
  "/* import 'a'; */",
  'const text = "import \'a\'";',
  "export function f() {\n  return 'a';\n}",
])('what is no import is not taken for one: %s', (source) => {
  expect(importsOf(source)).toEqual([]);
});

test('the slashes of a glob or of a URL hide nothing', () => {
  const source = "const folders = ['packages/*', 'http://x'];\nimport 'a';\nconst more = '*/';";
  expect(importsOf(source)).toEqual([{ specifier: 'a', typeOnly: false }]);
});

test.each([
  'const port = process.env.PORT;',
  "const port = process['env'].PORT;",
  'const { PORT } = process.env;',
  "import { argv, env } from 'node:process';",
])('reading the environment is seen: %s', (source) => {
  expect(readsEnvironment(source)).toBe(true);
});

test.each([
  '// process.env is read in config.ts',
  'const environment = process.environment;',
  "import { argv } from 'node:process';",
])('what does not read it is left alone: %s', (source) => {
  expect(readsEnvironment(source)).toBe(false);
});
