/** `pnpm generate`: writes what is derived from `telemetry/registry`. */
import { writeFileSync } from 'node:fs';
import { generated } from './generated.ts';

for (const { file, content } of generated()) {
  writeFileSync(file, content);
  console.log(`${file} is written`);
}
