import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '@hotel/cli';
import { parse } from 'yaml';
import { type AdvisoryFile, findingsIn, withFound } from './advisories.ts';
import { productionPackages } from './production.ts';
import { localVerdict, registryVerdict } from './verdict.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILE = join(import.meta.dirname, 'advisories.json');
const IMAGES = ['dispo', 'cleaning', 'viewer', 'examples'];
const LONGEST_MS = 60_000;

const USAGE = `Usage: npx -y pnpm@12 check:dependencies [--update]

Reports known vulnerabilities of the packages in production, first from the advisories in this repository, without a network,
then from the registry's, if it answers. Exits with 1 if one of them is high or critical.

  --update  adds the registry's findings to the advisories in this repository
  --help    prints this text`;

await runCommand({ usage: USAGE, options: { update: { type: 'boolean' } } }, async ({ values }) => {
  const file = JSON.parse(readFileSync(FILE, 'utf8')) as AdvisoryFile;
  const installed = productionPackages(parse(readFileSync(join(ROOT, 'pnpm-lock.yaml'), 'utf8')), IMAGES);
  const local = localVerdict(installed.length, file, findingsIn(installed, file));
  console.log(local.sentence);

  const output = await new Promise<string>((resolve) => {
    const options = { cwd: ROOT, timeout: LONGEST_MS, maxBuffer: 2 ** 26 };
    // It exits with 1 for findings and for failures alike; the output tells them apart.
    execFile('npx', ['-y', 'pnpm@12', 'audit', '--prod', '--json'], options, (error, stdout, stderr) =>
      resolve(stdout.trim() || stderr.replace(/^npm warn .*\n/gm, '') || (error?.message ?? '')),
    );
  });
  const registry = registryVerdict(output);
  console.log(registry.sentence);
  if (values.update && !registry.sentence.startsWith('SKIPPED')) {
    const today = new Date().toISOString().slice(0, 10);
    writeFileSync(FILE, `${JSON.stringify(withFound(file, registry.found, today), undefined, 2)}\n`);
  }
  return Math.max(local.exitCode, registry.exitCode);
});
