import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Copy, copyTree } from './copy.ts';

/** A project that starts from this one replaces its name everywhere: packages, variables, attributes, folders, namespace. */
const rename = (text: string) =>
  text.replaceAll('hotel', 'library').replaceAll('HOTEL', 'LIBRARY').replaceAll('Hotel', 'Library');

const LIMIT_MS = 300_000;
let library: Copy;
beforeAll(async () => {
  library = await copyTree(rename);
}, LIMIT_MS);
afterAll(() => library?.[Symbol.asyncDispose]());

it(
  'a tree renamed to library type-checks and is formatted',
  async () => {
    await library.run('tsc', '--noEmit');
    await library.run('biome', 'lint', '.');
  },
  LIMIT_MS,
);

it(
  'a tree renamed to library starts with dev, and ends on Ctrl-C',
  async () => {
    const { output, code } = await library.dev();
    expect(output).toMatch(/^ready\b/m);
    expect(code, output).toBe(0);
  },
  LIMIT_MS,
);

it(
  'a tree renamed to library passes the trace test of a booking',
  async () => {
    expect(await library.run('vitest', 'run', 'test/e2e/booking.test.ts')).toMatch(/ passed, 0 failed/);
  },
  LIMIT_MS,
);
