import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DebianServer, findUnpacked, unpackDebian } from './unpack.ts';

/*
 * Fakes of the distribution's commands. A "package" is a file with its name as content; `dpkg -x` puts a server or a
 * library where the real one would. $DIR/refused lists packages that cannot be downloaded.
 */
const COMMANDS = {
  'apt-get': `
echo "apt-get $*" >> "$DIR/calls"
case "$*" in *" update") rm -f "$DIR/refused"; exit 0;; esac
for last in "$@"; do
  case "$seen$last" in
    download) seen=1;;
    1*) if grep -qx "$last" "$DIR/refused" 2>/dev/null; then echo "E: Unable to locate package $last" >&2; exit 100; fi
        echo "$last" > "$last.deb";;
  esac
done`,
  'apt-cache': `
case "$*" in
  *--recurse*) printf "libc6\\n  Depends: libgcc-s1\\nlibgcc-s1\\nliblzf1\\nlibjemalloc2\\nlibllvm14\\n";;
  *) printf "redis-server\\n  Depends: redis-tools\\n  Depends: libc6\\n  Depends: liblzf1\\n  Depends: libjemalloc2\\n";;
esac`,
  'dpkg-query': 'printf "ii  libc6\\nii  libgcc-s1\\nrc  liblzf1\\n"',
  dpkg: `
name=$(cat "$2")
case "$name" in
  *-server) mkdir -p "$3/usr/bin"; echo "$name" > "$3/usr/bin/$name";;
  lib*) mkdir -p "$3/usr/lib/here"; touch "$3/usr/lib/here/$name.so.1";;
esac`,
  ldd: `
case "$LD_LIBRARY_PATH" in
  *usr/lib/here*) echo "	libc.so.6 => /lib/libc.so.6";;
  *) printf "\\tliblzf.so.1 => not found\\n\\tlibjemalloc.so.2 => not found\\n";;
esac`,
};

const REDIS: DebianServer = {
  name: 'Redis',
  packages: [
    ['redis-server', 'redis-tools'],
    ['valkey-server', 'valkey-tools'],
  ],
  without: /llvm/,
  programs: (root) => ['redis-server', 'valkey-server'].map((name) => join(root, 'usr/bin', name)).filter(existsSync),
};

let dir: string;
const said: string[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hotel-debian-'));
  await mkdir(join(dir, 'bin'));
  for (const [name, body] of Object.entries(COMMANDS)) {
    const file = join(dir, 'bin', name);
    await writeFile(file, `#!/bin/sh\nDIR=${dir}\n${body}\n`);
    await chmod(file, 0o755);
  }
  said.length = 0;
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const unpack = () =>
  unpackDebian(REDIS, {
    into: join(dir, 'hotel/redis'),
    searchPath: `${join(dir, 'bin')}:/usr/bin:/bin`,
    announce: (text) => said.push(text),
  });
const refuse = (...names: string[]) => writeFile(join(dir, 'refused'), `${names.join('\n')}\n`);
const calls = async () => (await readFile(join(dir, 'calls'), 'utf8')).trim().split('\n');

it('announces the download, unpacks the server with the missing libraries, and leaves no other files', async () => {
  const { command, libraryPath } = await unpack();
  expect(said.join()).toMatch(/fetching.*nothing is installed/);
  expect(command).toBe(join(dir, 'hotel/redis/usr/bin/redis-server'));
  expect(libraryPath).toBe(join(dir, 'hotel/redis/usr/lib/here'));
  expect(await readdir(join(dir, 'hotel'))).toEqual(['redis']);
  expect((await calls()).at(-1)).toMatch(/download liblzf1 libjemalloc2$/);
});

it('finds the server that an earlier run unpacked', async () => {
  expect(await findUnpacked(REDIS, join(dir, 'hotel/redis'))).toBeUndefined();
  const unpacked = await unpack();
  expect(await findUnpacked(REDIS, join(dir, 'hotel/redis'))).toEqual(unpacked);
});

it('downloads private package lists when the system has none, and still installs nothing', async () => {
  await refuse('redis-server', 'valkey-server');
  await unpack();
  const update = (await calls()).find((call) => call.endsWith(' update'));
  expect(update).toContain(`Dir::State::lists=${dir}/hotel/redis.`);
});

it('uses valkey when the distribution has no redis', async () => {
  await refuse('redis-server');
  expect((await unpack()).command).toMatch(/valkey-server$/);
});

it('reports the error of apt when nothing can be downloaded', async () => {
  await writeFile(join(dir, 'bin/apt-get'), '#!/bin/sh\necho "E: Could not resolve the mirror" >&2\nexit 100\n');
  await expect(unpack()).rejects.toThrow(/apt-get download redis-server failed: E: Could not resolve the mirror/);
  expect(await readdir(join(dir, 'hotel'))).toEqual([]);
});

it('names the libraries that no package contains', async () => {
  await writeFile(join(dir, 'bin/ldd'), '#!/bin/sh\necho "	libodd.so.1 => not found"\n');
  await expect(unpack()).rejects.toThrow(/lacks libodd.so.1/);
});

it('works in several processes at once', async () => {
  const all = await Promise.all([unpack(), unpack(), unpack()]);
  expect(new Set(all.map(({ command }) => command)).size).toBe(1);
  expect(await readdir(join(dir, 'hotel'))).toEqual(['redis']);
});

it('reports a system that is not Debian', async () => {
  await rm(join(dir, 'bin'), { recursive: true });
  const nowhere = unpackDebian(REDIS, { into: join(dir, 'x'), searchPath: join(dir, 'bin'), announce: () => {} });
  await expect(nowhere).rejects.toThrow(/not Debian or Ubuntu/);
});
