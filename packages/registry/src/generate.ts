/** `pnpm generate`: writes the files derived from `telemetry/registry`. */
import { writeFileSync } from 'node:fs';
import { runCommand } from '@hotel/cli';
import { generated } from './generated.ts';

const USAGE = `Usage: pnpm generate

Writes what is derived from telemetry/registry: the names of our attributes and metrics, and docs/telemetry.md.

  --help  this text`;

await runCommand({ usage: USAGE, options: {} }, async () => {
  for (const { file, content } of generated()) {
    writeFileSync(file, content);
    console.log(`${file} is written`);
  }
  return 0;
});
