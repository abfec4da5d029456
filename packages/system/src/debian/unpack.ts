import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { run, which } from '../commands.ts';
import { type Apt, createApt } from './apt.ts';

/** A server among the distribution's packages. */
export interface DebianServer {
  /** Its name in messages: `PostgreSQL`. */
  name: string;
  /** Sets of packages that contain the server, in order of preference. */
  packages: ReadonlyArray<readonly string[]>;
  /** Libraries among its dependencies that it runs without. */
  without?: RegExp;
  /** Path of its program, or programs, below the root of the unpacked packages; empty when there is none. */
  programs(root: string): string[];
}

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

/** Finds the server that an earlier `unpackDebian` unpacked into `folder`. */
export async function findUnpacked(server: DebianServer, folder: string): Promise<UnpackedServer | undefined> {
  const [command] = server.programs(folder);
  return command === undefined ? undefined : { command, libraryPath: (await libraryFolders(folder)).join(':') };
}

/**
 * Downloads the distribution's server and the libraries it lacks on this system, and unpacks them into a folder. Needs
 * no root and installs nothing. Safe to run concurrently: each process unpacks separately and the first one wins.
 * Rejects with a readable reason.
 */
export async function unpackDebian(
  server: DebianServer,
  { into, searchPath, announce, signal }: UnpackOptions,
): Promise<UnpackedServer> {
  const tools = ['apt-get', 'apt-cache', 'dpkg', 'dpkg-query', 'ldd'].map((name) => which(name, searchPath));
  if (tools.some((tool) => tool === undefined)) throw new Error('this is not Debian or Ubuntu (no apt-get and dpkg)');
  const work = `${into}.${randomUUID()}`;
  const root = join(work, 'root');
  const debs = join(work, 'debs');
  await mkdir(root, { recursive: true });
  await mkdir(debs);
  announce(
    `No ${server.name} server is installed: fetching the one of this distribution into ${relative(process.cwd(), into) || into} (nothing is installed on the system).`,
  );
  try {
    const apt = createApt(debs, join(work, 'apt'), searchPath, signal);
    const packages = await fetchServer(apt, server);
    const libraries = (await apt.missingLibraries(packages)).filter((name) => !server.without?.test(name));
    const { text } = libraries.length > 0 ? await apt.download(libraries) : { text: '' };
    await apt.unpack(root);
    await checkLibraries(server, root, searchPath, text);
    return await keep(server, root, into);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Returns the names of the downloaded packages. */
async function fetchServer(apt: Apt, { packages }: DebianServer): Promise<readonly string[]> {
  const tryAll = async () => {
    let first = '';
    for (const names of packages) {
      const { ok, text } = await apt.download(names);
      if (ok) return names;
      first ||= text;
    }
    return first;
  };
  const found = await tryAll();
  if (typeof found !== 'string') return found;
  // The package lists are missing, or too old for the mirror.
  const update = await apt.update();
  const second = await tryAll();
  if (typeof second !== 'string') return second;
  throw new Error(`apt-get download ${packages[0]?.[0]} failed: ${lastLines(update.ok ? second : update.text)}`);
}

async function checkLibraries(server: DebianServer, root: string, searchPath: string, output: string): Promise<void> {
  const found = await findUnpacked(server, root);
  if (!found) throw new Error(`the packages contain no ${server.name} server`);
  const env = { PATH: searchPath, LC_ALL: 'C', LD_LIBRARY_PATH: found.libraryPath };
  const { stdout } = await run('ldd', server.programs(root), { env });
  const missing = new Set([...stdout.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]));
  if (missing.size > 0) throw new Error(`the unpacked server lacks ${[...missing].join(', ')}: ${lastLines(output)}`);
}

async function keep(server: DebianServer, root: string, into: string): Promise<UnpackedServer> {
  await mkdir(dirname(into), { recursive: true });
  // Another process may have been faster; its result is equivalent.
  await rename(root, into).catch(() => {});
  const found = await findUnpacked(server, into);
  if (!found) throw new Error(`${into} exists but contains something else. Remove it.`);
  return found;
}

async function libraryFolders(root: string): Promise<string[]> {
  const names = await readdir(root, { recursive: true });
  return [...new Set(names.filter((name) => /\.so(\.|$)/.test(name)).map((name) => join(root, dirname(name))))];
}

function lastLines(text: string): string {
  return text.split('\n').slice(-4).join(' ').trim();
}
