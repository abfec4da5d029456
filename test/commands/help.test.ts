import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { insistOnHelp, ours, ROOT, run, type Script } from './scripts.ts';

/** `every-help.test.ts` asks all of them. */
it('explains a command, which does nothing, when called with --help', () => insistOnHelp(ours[0] as Script, '--help'));

describe('the code that reads the arguments', () => {
  it.each(ours)('is the same for pnpm $name', ({ command, folder }) => {
    const [, file = ''] = command.split(' ');
    expect(readFileSync(join(ROOT, folder, file), 'utf8')).toMatch(/^await runCommand\(/m);
  });

  it.each(['-h', '--loud --help'])('explains the command and does nothing with %s', (args) =>
    insistOnHelp(ours[0] as Script, args),
  );

  it('names an unknown option, with the usage, and ends with 2', async () => {
    const { code, out, err } = await run(ours[0] as Script, '--loud');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^Unknown option '--loud'\n\nUsage: npx -y pnpm@12 /);
  });
});
