import { execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '@hotel/system';

export const ROOT = join(import.meta.dirname, '../..');
const run = promisify(execFile);
const PORTS = [
  'DISPO_PORT',
  'DISPO_INTERNAL_PORT',
  'CLEANING_PORT',
  'CLEANING_INTERNAL_PORT',
  'WORKER_INTERNAL_PORT',
  'VIEWER_PORT',
  'VIEWER_HEALTH_PORT',
  'OTLP_GRPC_PORT',
  'OTLP_HTTP_PORT',
];

/** A copy of the repository with its packages installed, in a separate folder. */
export interface Copy extends AsyncDisposable {
  root: string;
  /** Runs a command of `node_modules/.bin`. @throws Error with its output when it exits with another code than 0 */
  run(command: string, ...args: string[]): Promise<string>;
  /** Runs `dev` until it reports `ready`, then interrupts it. Resolves to its output and exit code. */
  dev(): Promise<{ output: string; code: number | null }>;
}

/** Copies the working tree's files as git knows them. `change` maps each path, and the text of each text file. */
export async function copyTree(change: (text: string) => string = (text) => text): Promise<Copy> {
  const root = await mkdtemp(join(tmpdir(), 'copy-'));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  for (const path of stdout.split('\0').filter(Boolean)) {
    const from = join(ROOT, path);
    const found = await stat(from).catch(() => undefined);
    if (!found?.isFile()) continue;
    const to = join(root, change(path));
    const bytes = await readFile(from);
    await mkdir(dirname(to), { recursive: true });
    await writeFile(to, bytes.includes(0) ? bytes : change(bytes.toString('utf8')));
    await chmod(to, found.mode);
  }
  // The commands of the copy find the copy's programs, and none of the variables of this test runner.
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH: `${join(root, 'node_modules/.bin')}:${PATH}`, HOME };
  await run(join(ROOT, 'node_modules/.bin/pnpm'), ['install', '--frozen-lockfile', '--prefer-offline'], {
    cwd: root,
    env: { ...env, PATH },
  });
  return {
    root,
    async run(command, ...args) {
      try {
        return (await run(join(root, 'node_modules/.bin', command), args, { cwd: root, env, maxBuffer: 2 ** 26 }))
          .stdout;
      } catch (error) {
        const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
        throw new Error(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`);
      }
    },
    async dev() {
      const free = await freePorts(PORTS.length);
      const ports = Object.fromEntries(PORTS.map((name, i) => [name, `${free[i]}`]));
      const child = spawn(process.execPath, ['dev/src/dev.ts', '--no-watch'], { cwd: root, env: { ...env, ...ports } });
      let output = '';
      let interrupted = false;
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8').on('data', (text: string) => {
          output += text;
          if (interrupted || !/^ready\b/m.test(output)) return;
          // Only once: a second Ctrl-C exits immediately.
          interrupted = child.kill('SIGINT');
        });
      }
      const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
      return { output, code };
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
