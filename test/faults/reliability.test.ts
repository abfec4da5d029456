import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults } from './faults.ts';

const DOCS = join(import.meta.dirname, '../../docs');
/** Lines are joined: a quotation may be wrapped. */
const page = readFileSync(join(DOCS, 'reliability.md'), 'utf8').replace(/\s+/g, ' ');

/** `"a sentence" ([worker](../cleaning/test/worker.test.ts))` */
const quoted = [...page.matchAll(/"([^"]+)" \(\[[^\]]+\]\((\S+\.test\.ts)\)\)/g)].map(
  ([, sentence = '', file = '']) => ({
    sentence,
    file,
  }),
);
/** `fault *Redis gone*` */
const named = [...page.matchAll(/fault \*([^*]+)\*/g)].map(([, name = '']) => name);

describe('docs/reliability.md', () => {
  it.each(quoted)('quotes an existing test: "$sentence" in $file', ({ sentence, file }) => {
    expect(readFileSync(join(DOCS, file), 'utf8')).toContain(sentence);
  });

  it.each(named)('names an existing fault: %s', (name) => {
    expect(faults.map((fault) => fault.name)).toContain(name);
  });

  it('names every fault', () => {
    expect(faults.map(({ name }) => name).filter((name) => name !== 'none' && !page.includes(name))).toEqual([]);
  });
});
