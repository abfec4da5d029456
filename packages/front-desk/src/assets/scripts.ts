import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const FOLDER = join(import.meta.dirname, '../..');
const BUNDLER = join(FOLDER, 'build/bundle.ts');
/** Where `bundle.ts` writes: in an image, when it is built. */
export const BUNDLES = join(FOLDER, 'dist');

/** The scripts of the page, each with all it imports. */
export const SCRIPTS = ['page.js', 'telemetry.js'] as const;
export type Scripts = Record<(typeof SCRIPTS)[number], Buffer>;

/**
 * Reads the bundled scripts, and bundles them first if their sources have changed since: in development, at the first
 * request. The bundler runs in a child process, which frees its memory when it exits. Without a bundler, as in an image,
 * the bundles are those that the image was built with.
 */
export async function readScripts(): Promise<Scripts> {
  if (hasBundler() && (await readDigest()) !== (await digestOfSources())) {
    await promisify(execFile)(process.execPath, [BUNDLER], { env: {} });
  }
  const [page, telemetry] = await Promise.all(SCRIPTS.map((name) => readFile(join(BUNDLES, name))));
  if (!page || !telemetry) throw new Error('a bundle is missing');
  return { 'page.js': page, 'telemetry.js': telemetry };
}

/** Identifies what the bundles are made of: the sources, and the versions of the packages that they import. */
export async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const manifest = await readManifest('.');
  const packages = Object.keys(manifest.devDependencies ?? {});
  for (const name of packages) hash.update(`${name} ${(await readManifest(`node_modules/${name}`)).version}\n`);
  const files = (await Array.fromAsync(glob('browser/**/*.ts', { cwd: FOLDER }))).sort();
  for (const file of ['build/bundle.ts', ...files]) hash.update(file).update(await readFile(join(FOLDER, file)));
  return hash.digest('hex');
}

async function readManifest(folder: string): Promise<{ version?: string; devDependencies?: Record<string, string> }> {
  return JSON.parse(await readFile(join(FOLDER, folder, 'package.json'), 'utf8'));
}

function readDigest(): Promise<string | undefined> {
  return readFile(join(BUNDLES, 'digest'), 'utf8').catch(() => undefined);
}

function hasBundler(): boolean {
  try {
    readFileSync(join(FOLDER, 'node_modules/rolldown/package.json'));
    return true;
  } catch {
    return false;
  }
}
