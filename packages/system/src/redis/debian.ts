import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Output, run, which } from './commands.ts';

export interface UnpackOptions {
  /** Target folder of the unpacked packages. */
  into: string;
  searchPath: string;
  announce: (text: string) => void;
  signal?: AbortSignal | undefined;
}

/** An unpacked server, possibly with libraries in the same folder. */
export interface UnpackedServer {
  command: string;
  libraryPath: string;
}

const PAIRS = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
] as const;

/** Finds the server that an earlier `unpackDebianRedis` unpacked into `folder`. */
export async function findUnpacked(folder: string): Promise<UnpackedServer | undefined> {
  const command = PAIRS.map(([server]) => join(folder, 'usr/bin', server)).find(existsSync);
  return command === undefined ? undefined : { command, libraryPath: (await libraryFolders(folder)).join(':') };
}

/**
 * Downloads the distribution's Redis and the libraries it lacks on this system, and unpacks them into a folder. Needs
 * no root and installs nothing. Safe to run concurrently: each process unpacks separately and the first one wins.
 * Rejects with a readable reason.
 */
export async function unpackDebianRedis({
  into,
  searchPath,
  announce,
  signal,
}: UnpackOptions): Promise<UnpackedServer> {
  const tools = ['apt-get', 'apt-cache', 'dpkg', 'ldd'].map((name) => which(name, searchPath));
  if (tools.some((tool) => tool === undefined)) throw new Error('this is not Debian or Ubuntu (no apt-get and dpkg)');
  const work = `${into}.${randomUUID()}`;
  const root = join(work, 'root');
  const debs = join(work, 'debs');
  await mkdir(root, { recursive: true });
  await mkdir(debs);
  announce(
    `No Redis or Valkey server is installed: fetching the one of this distribution into ${relative(process.cwd(), into) || into} (nothing is installed on the system).`,
  );
  try {
    const apt = createApt(work, debs, searchPath, signal);
    const pair = await fetchServer(apt);
    await apt.unpack(root);
    await addLibraries(apt, root, pair, searchPath);
    return await keep(root, into);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

type Apt = ReturnType<typeof createApt>;

function createApt(work: string, debs: string, searchPath: string, signal: AbortSignal | undefined) {
  const env = { ...(process.env as Record<string, string>), PATH: searchPath, LC_ALL: 'C' };
  const bounded = ['-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'];
  let lists: string[] = [];
  const call = (command: string, args: readonly string[]) => run(command, args, { cwd: debs, env, signal });
  return {
    download: (names: readonly string[]) => call('apt-get', [...bounded, ...lists, 'download', ...names]),
    /** All direct and transitive dependencies of `names`. */
    async dependencies(names: readonly string[]): Promise<string[]> {
      const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map((w) => `--no-${w}`);
      const { stdout } = await call('apt-cache', [...lists, 'depends', '--recurse', ...without, ...names]);
      return stdout.split('\n').filter((line) => /^[a-z0-9]/.test(line));
    },
    /** Downloads private package lists, for a system without current ones; needs no root. */
    async update(): Promise<Output> {
      const at = (name: string) => join(work, 'apt', name);
      await mkdir(at('lists/partial'), { recursive: true });
      await mkdir(at('cache/archives/partial'), { recursive: true });
      lists = ['-o', `Dir::State::lists=${at('lists')}`, '-o', `Dir::Cache=${at('cache')}`];
      return call('apt-get', [...bounded, ...lists, 'update']);
    },
    async unpack(root: string): Promise<void> {
      for (const file of (await readdir(debs)).filter((name) => name.endsWith('.deb'))) {
        const { ok, text } = await call('dpkg', ['-x', join(debs, file), root]);
        if (!ok) throw new Error(`dpkg could not unpack ${file}: ${text}`);
        await rm(join(debs, file));
      }
    },
  };
}

async function fetchServer(apt: Apt): Promise<readonly string[]> {
  const tryAll = async () => {
    let last = '';
    for (const pair of PAIRS) {
      const { ok, text } = await apt.download(pair);
      if (ok) return pair;
      last ||= text;
    }
    return last;
  };
  const first = await tryAll();
  if (typeof first !== 'string') return first;
  // The package lists are missing, or too old for the mirror.
  const update = await apt.update();
  const second = await tryAll();
  if (typeof second !== 'string') return second;
  throw new Error(`apt-get download redis-server failed: ${lastLines(update.ok ? second : update.text)}`);
}

async function addLibraries(apt: Apt, root: string, pair: readonly string[], searchPath: string): Promise<void> {
  let missing = await missingLibraries(root, searchPath);
  const candidates = missing.length > 0 ? await apt.dependencies(pair) : [];
  while (missing.length > 0) {
    // libjemalloc.so.2 comes from libjemalloc2, liblua5.1.so.0 from liblua5.1-0.
    const packages = missing.map((library) => candidates.find((name) => name.startsWith(stem(library))));
    const names = [...new Set(packages.filter((name) => name !== undefined))];
    const { text } = await apt.download(names);
    await apt.unpack(root);
    const left = await missingLibraries(root, searchPath);
    if (left.length > 0 && left.every((library) => missing.includes(library)))
      throw new Error(`the unpacked server lacks ${left.join(', ')}: ${lastLines(text)}`);
    missing = left;
  }
}

async function missingLibraries(root: string, searchPath: string): Promise<string[]> {
  const server = await findUnpacked(root);
  if (!server) throw new Error('the packages hold no redis-server');
  const env = { PATH: searchPath, LC_ALL: 'C', LD_LIBRARY_PATH: server.libraryPath };
  const { stdout } = await run('ldd', [server.command], { env });
  return [...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1] as string);
}

async function keep(root: string, into: string): Promise<UnpackedServer> {
  await mkdir(dirname(into), { recursive: true });
  // Another process may have been faster; its result is equivalent.
  await rename(root, into).catch(() => {});
  const server = await findUnpacked(into);
  if (!server) throw new Error(`${into} is in the way: it holds something else. Remove it.`);
  return server;
}

async function libraryFolders(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return [...new Set(names.filter((name) => /\.so(\.|$)/.test(name)).map((name) => join(root, dirname(name))))];
}

function stem(library: string): string {
  return (library.split('.so')[0] ?? library).toLowerCase();
}

function lastLines(text: string): string {
  return text.split('\n').slice(-4).join(' ').trim();
}
