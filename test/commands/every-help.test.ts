import { expect, it } from 'vitest';
import { insistOnHelp, ours, run, tools } from './scripts.ts';

it.each(ours)('pnpm $name explains itself and does nothing when called with --help', (script) =>
  insistOnHelp(script, '--help'),
);

it.each(tools)('the tool of pnpm $name explains itself when called with --help', async (script) => {
  const { code, out } = await run(script, '--help');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/--help/) });
});
