/** `pnpm check:dependencies`: asks the registry what is known to be vulnerable of what production runs. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { verdictOn } from './verdict.ts';

const LONGEST_MS = 60_000;

const output = await new Promise<string>((resolve) => {
  const options = { cwd: join(import.meta.dirname, '../..'), timeout: LONGEST_MS, maxBuffer: 2 ** 26 };
  // Findings and failures both end it with 1; which of them it was is in what it says.
  execFile('npx', ['-y', 'pnpm@12', 'audit', '--prod', '--json'], options, (error, stdout, stderr) =>
    resolve(stdout.trim() || stderr.replace(/^npm warn .*\n/gm, '') || (error?.message ?? '')),
  );
});
const { exitCode, sentence } = verdictOn(output);
console.log(sentence);
process.exitCode = exitCode;
