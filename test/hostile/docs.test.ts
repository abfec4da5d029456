import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs');
/** Lines are joined: a quotation may be wrapped. */
const page = readFileSync(join(DOCS, 'security.md'), 'utf8').replace(/\s+/g, ' ');

/** `"a sentence" ([wire](../test/hostile/wire.test.ts))` */
const proofs = [...page.matchAll(/"([^"]+)" \(\[[^\]]+\]\((\S+\.test\.ts)\)\)/g)].map(
  ([, sentence = '', file = '']) => ({ sentence, file }),
);

it.each(proofs)('docs/security.md quotes an existing test: "$sentence" in $file', ({ sentence, file }) => {
  expect(readFileSync(join(DOCS, file), 'utf8')).toContain(sentence);
});

it.each(['HOTEL_API_TOKENS', 'HOTEL_RATE_LIMIT', 'HOTEL_MAX_IN_FLIGHT', 'HOTEL_CORS_ORIGINS'])(
  'docs/security.md has %s',
  (name) => {
    const settings = readFileSync(join(DOCS, '../packages/http/src/guard/settings.ts'), 'utf8');
    expect([page.includes(`| \`${name}\` |`), settings.includes(name)]).toEqual([true, true]);
  },
);
