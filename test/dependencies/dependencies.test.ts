import { execFile } from 'node:child_process';
import { existsSync, globSync, lstatSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const read = (file: string) => parse(readFileSync(join(ROOT, file), 'utf8'));
const lock: { packages: Record<string, { resolution: { integrity?: string; tarball?: string } }> } =
  read('pnpm-lock.yaml');
const { allowBuilds }: { allowBuilds: Record<string, boolean> } = read('pnpm-workspace.yaml');

it('pins every package by version and content hash in the lockfile', () => {
  const all = Object.entries(lock.packages);
  expect(all.length).toBeGreaterThan(100);
  const unpinned = all.filter(
    ([id, { resolution }]) =>
      !/@\d+\.\d+\.\d+[^:]*$/.test(id) || !/^sha512-[\w+/]{86}==$/.test(resolution.integrity ?? ''),
  );
  expect(unpinned.map(([id]) => id)).toEqual([]);
});

it('allows or forbids the install script of every package that has one', () => {
  const packages = ['*', '@*/*'].flatMap((name) =>
    globSync(`node_modules/.pnpm/*/node_modules/${name}/package.json`, { cwd: ROOT }),
  );
  const wanting = packages.filter((file) => !lstatSync(dirname(join(ROOT, file))).isSymbolicLink() && runs(file));
  expect([...new Set(wanting.map((file) => read(file).name))].sort()).toEqual(Object.keys(allowBuilds).sort());
});

/** npm compiles a `binding.gyp` at install, unless the package disables it. */
function runs(file: string): boolean {
  const { scripts = {}, gypfile } = read(file);
  if (['preinstall', 'install', 'postinstall'].some((name) => name in scripts)) return true;
  return gypfile !== false && existsSync(join(ROOT, dirname(file), 'binding.gyp'));
}

it('allows only Node and pnpm to run install scripts', () => {
  expect(Object.keys(allowBuilds).filter((name) => allowBuilds[name])).toEqual(['node', 'pnpm']);
});

it('fails the install for an undecided script, and does not run it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-undecided-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = (file: string, content: unknown) => writeFile(join(folder, file), JSON.stringify(content));
  await mkdir(join(folder, 'package'));
  await write('package/package.json', {
    ...{ name: 'undecided', version: '1.0.0' },
    scripts: { postinstall: `node -e "require('fs').writeFileSync('${join(folder, 'ran')}', '')"` },
  });
  await run('tar', ['-czf', 'undecided.tgz', 'package'], { cwd: folder });
  await write('package.json', { private: true, dependencies: { undecided: 'file:undecided.tgz' } });
  // With this repository's decisions.
  await write('pnpm-workspace.yaml', { packages: [], allowBuilds });

  const install = run('npx', ['-y', 'pnpm@12', 'install', '--offline'], { cwd: folder });
  const { stdout, stderr } = await install.catch((error: { stdout: string; stderr: string }) => error);
  expect(stdout + stderr).toMatch(/ERR_PNPM_IGNORED_BUILDS.*undecided/s);
  expect(existsSync(join(folder, 'ran'))).toBe(false);
});
