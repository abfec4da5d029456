import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystemError } from '../error.ts';
import type { Account } from './account.ts';
import type { PostgresBinaries } from './locate.ts';

export const USER = 'hotel';

/** A server's data folder (a "database cluster") and the password of its user. */
export interface Cluster {
  data: string;
  password: string;
}

/**
 * Opens the cluster in `folder`, or creates it with these databases. An interrupted creation leaves no cluster.
 * @throws SystemError when another version of PostgreSQL wrote it
 */
export async function openCluster(
  folder: string,
  databases: readonly string[],
  binaries: PostgresBinaries,
  account: Account,
): Promise<Cluster> {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  if (!existsSync(data)) await createCluster();
  const major = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim();
  if (major === String(binaries.major)) return { data, password: await readFile(passwordFile, 'utf8') };
  throw new SystemError(
    `PostgreSQL ${major} wrote the data in ${data}, and this is ${binaries.how}. Start without the data (\`dev --fresh\`), or install PostgreSQL ${major}.`,
  );

  async function createCluster(): Promise<void> {
    const unfinished = `${data}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    await account.own(unfinished);
    await writeFile(passwordFile, randomBytes(16).toString('hex'), { mode: 0o600 });
    const locale = ['--no-locale', '--encoding=UTF8'];
    const access = [`--username=${USER}`, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    await call('initdb', ['-D', unfinished, '--no-sync', ...locale, ...access]);
    const statements = databases.map((name) => `CREATE DATABASE ${name};\n`).join('');
    await call('postgres', ['--single', '-D', unfinished, '-c', 'exit_on_error=on', 'postgres'], statements);
    await rename(unfinished, data);
  }

  function call(program: string, args: readonly string[], input = ''): Promise<void> {
    const [command, ...rest] = [...account.prefix, join(binaries.folder, program), ...args];
    const child = spawn(command as string, rest, { cwd: folder, env: serverEnvironment(binaries) });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(String(chunk)));
    // The program may end without reading its input; its exit code reports that.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (code === 0) resolve();
        else
          reject(new SystemError(`${program} (${binaries.how}) ended with code ${code}:\n${output.join('').trim()}`));
      });
    });
  }
}

/** The environment of PostgreSQL's programs. */
export function serverEnvironment({ libraryPath }: PostgresBinaries): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    // On macOS the server does not start without a valid locale.
    LC_ALL: 'C',
    ...(libraryPath ? { LD_LIBRARY_PATH: libraryPath } : {}),
  };
}
