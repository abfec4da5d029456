import { existsSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { run, which } from '../commands.ts';
import { type DebianServer, findUnpacked, type UnpackOptions, unpackDebian } from '../debian/unpack.ts';
import { SystemError } from '../error.ts';
import { installCommand } from '../install-command.ts';

export interface RedisBinary {
  command: string;
  /** Set when the server comes with libraries that the system lacks. */
  libraryPath?: string;
  /** Origin, for messages: `valkey-server in /usr/bin`. */
  how: string;
}

const NAMES = ['valkey-server', 'redis-server'];
const PACKAGES: DebianServer = {
  name: 'Redis or Valkey',
  packages: [
    ['redis-server', 'redis-tools'],
    ['valkey-server', 'valkey-tools'],
  ],
  programs: (root) => NAMES.map((name) => join(root, 'usr/bin', name)).filter(existsSync),
};
/** Required by BullMQ's scripts. */
const OLDEST = [6, 2];

/** Folders of servers that are often not on a user's PATH: sbin, Homebrew, MacPorts, snap. */
const USUAL_FOLDERS = [
  ...['/usr/local/bin', '/usr/bin', '/usr/local/sbin', '/usr/sbin'],
  ...['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'].flatMap((prefix) => [
    `${prefix}/bin`,
    `${prefix}/opt/valkey/bin`,
    `${prefix}/opt/redis/bin`,
  ]),
  ...['/opt/local/bin', '/snap/bin', '/opt/valkey/bin', '/opt/redis/bin'],
];

/** `path`, followed by the folders in which servers are usually installed. */
export function standardSearchPath(path = ''): string {
  return [path, ...USUAL_FOLDERS].filter(Boolean).join(delimiter);
}

/**
 * Finds an installed Valkey or Redis server, else an unpacked one, else downloads one.
 * @throws SystemError with the command that installs one
 */
export async function locateRedis(options: UnpackOptions): Promise<RedisBinary> {
  const unfit: string[] = [];
  for (const name of NAMES) {
    const command = which(name, options.searchPath);
    if (!command) continue;
    const problem = await whyUnfit(command);
    if (problem === undefined) return { command, how: `${name} in ${dirname(command)}` };
    unfit.push(problem);
  }
  try {
    const unpacked = (await findUnpacked(PACKAGES, options.into)) ?? (await unpackDebian(PACKAGES, options));
    const problem = await whyUnfit(unpacked.command, unpacked.libraryPath);
    if (problem !== undefined) throw new Error(`${problem}. Remove its folder to have it fetched again`);
    return { ...unpacked, how: `${basename(unpacked.command)} of this distribution, unpacked` };
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new SystemError(
      [
        'There is no Redis server here, and the queue needs one. Install it:',
        `    ${await installCommand('redis')}`,
        'or use a running one: REDIS_URL=redis://127.0.0.1:6379',
        ...unfit,
        `(On Debian and Ubuntu its package is fetched without installing it; here that failed: ${(error as Error).message})`,
      ].join('\n'),
    );
  }
}

/** Why a server cannot be used; undefined when it can. */
async function whyUnfit(command: string, libraryPath = ''): Promise<string | undefined> {
  const { ok, text } = await run(command, ['--version'], { env: libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {} });
  if (!ok) return `${command} does not run: ${text}`;
  const [major = 0, minor = 0] = (/v=(\d+)\.(\d+)/.exec(text)?.slice(1) ?? []).map(Number);
  const isOld = major < (OLDEST[0] ?? 0) || (major === OLDEST[0] && minor < (OLDEST[1] ?? 0));
  return isOld ? `${command} is version ${major}.${minor}, and ${OLDEST.join('.')} or newer is needed` : undefined;
}
