/** Bundles the scripts of the page: `node packages/front-desk/build/bundle.ts`. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'rolldown';
import { BUNDLES, digestOfSources, SCRIPTS } from '../src/assets/scripts.ts';

const sources = join(import.meta.dirname, '../browser');
const digest = await digestOfSources();
// Each file is moved to its place when it is complete, the digest last: several processes may bundle at the same time.
const folder = `${BUNDLES}/.${process.pid}`;
await mkdir(folder, { recursive: true });
try {
  for (const name of SCRIPTS) {
    await build({
      input: join(sources, name.replace(/js$/, 'ts')),
      platform: 'browser',
      // Its base is not in an image.
      tsconfig: false,
      output: { file: join(folder, name), minify: true },
      logLevel: 'warn',
    });
  }
  await writeFile(join(folder, 'digest'), digest);
  for (const name of [...SCRIPTS, 'digest']) await rename(join(folder, name), join(BUNDLES, name));
} finally {
  await rm(folder, { recursive: true, force: true });
}
