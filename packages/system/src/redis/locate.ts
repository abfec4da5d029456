import { basename, dirname } from 'node:path';
import { SystemError } from '../error.ts';
import { run, which } from './commands.ts';
import { findUnpacked, type UnpackOptions, unpackDebianRedis } from './debian.ts';

export interface RedisBinary {
  command: string;
  /** Set when libraries lie beside it that the system does not have. */
  libraryPath?: string;
  /** Where it is from, for people: `redis-server on PATH (/usr/bin)`. */
  how: string;
}

/** A Redis server on PATH, else the unpacked one, else one that is fetched now. Throws a `SystemError` that names the ways. */
export async function locateRedis(options: UnpackOptions): Promise<RedisBinary> {
  for (const name of ['redis-server', 'valkey-server']) {
    const command = which(name, options.searchPath);
    if (command) return { command, how: `${name} on PATH (${dirname(command)})` };
  }
  try {
    const unpacked = (await findUnpacked(options.into)) ?? (await unpackDebianRedis(options));
    await mustRun(unpacked.command, unpacked.libraryPath);
    return { ...unpacked, how: `${basename(unpacked.command)} of this distribution, unpacked` };
  } catch (error) {
    throw new SystemError(
      [
        'There is no Redis server here, and the queue needs one. Any of these will do:',
        '  - set REDIS_URL to one that runs, for instance REDIS_URL=redis://127.0.0.1:6379',
        '  - install redis-server or valkey-server (apt, dnf, brew, ...) so that it is on PATH',
        `  - on Debian and Ubuntu its package is fetched without installing it; here that failed: ${(error as Error).message}`,
      ].join('\n'),
    );
  }
}

async function mustRun(command: string, libraryPath: string): Promise<void> {
  const { ok, text } = await run(command, ['--version'], { env: { LD_LIBRARY_PATH: libraryPath } });
  if (!ok) throw new Error(`${command} does not run here: ${text}. Remove its folder to have it fetched again`);
}
