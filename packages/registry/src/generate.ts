/** `pnpm generate`: writes the files derived from `telemetry/registry`, and the dashboards. */
import { writeFileSync } from 'node:fs';
import { runCommand } from '@hotel/cli';
import { generated } from './generated.ts';

const USAGE = `Usage: npx -y pnpm@12 generate

Generates packages/telemetry/src/attributes.ts and docs/telemetry.md from telemetry/registry, and
deploy/components/signals/dashboards from packages/registry/src/dashboards.

  --help  print this text`;

await runCommand({ usage: USAGE, options: {} }, async () => {
  for (const { file, content } of generated()) {
    writeFileSync(file, content);
    console.log(`wrote ${file}`);
  }
  return 0;
});
