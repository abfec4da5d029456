/**
 * `node packages/watch/src/main.ts ARGS...`, in a service's folder: runs `node ARGS...` and restarts it whenever a
 * source of the service or of a package changes. The entry point of the dev images. `node --watch` follows inodes
 * instead of names: after a live update (or many an editor's save) replaces a file, it no longer sees changes.
 */
import { readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { probePort } from './config.ts';
import { startRun } from './run.ts';
import { watchSources } from './watch-sources.ts';

const root = resolve(import.meta.dirname, '../../..');
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
const users = new Map([relative(root, process.cwd()), ...packages].map((folder) => [folder, []]));

const run = startRun({
  args: process.argv.slice(2),
  probePort: probePort(),
  say: (text) => process.stderr.write(`watch: ${text}\n`),
});
const endWatching = watchSources(root, users, ({ file }) => void run.restart(file));

const stop = async (): Promise<void> => {
  endWatching();
  process.exitCode = await run.stop();
};
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop());
