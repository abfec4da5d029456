import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@hotel/system';
import { expect } from 'vitest';
import { ROOT } from '../src/cli/settings.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

/** A repository root with the fixture service in place of the viewer, dispo and cleaning, to supervise. */
export async function createSupervised() {
  const root = await mkdtemp(join(tmpdir(), 'hotel-dev-'));
  const started: ChildProcess[] = [];

  async function writePackage(folder: string, manifest: object): Promise<void> {
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, 'package.json'), JSON.stringify({ type: 'module', ...manifest }));
  }

  await mkdir(join(ROOT, '.hotel'), { recursive: true });
  await symlink(join(ROOT, '.hotel'), join(root, '.hotel'));
  await writePackage('node_modules/@hotel/telemetry', { exports: { './register': './register.js' } });
  await writeFile(join(root, 'node_modules/@hotel/telemetry/register.js'), '');
  await writePackage('packages/shared', { name: 'shared' });
  await mkdir(join(root, 'packages/shared/src'));
  for (const name of ['viewer', 'dispo', 'cleaning']) {
    const dependencies = name === 'viewer' ? {} : { shared: 'workspace:*' };
    await writePackage(name, { name, dependencies });
    await mkdir(join(root, name, 'src'));
    await copyFile(join(FIXTURES, 'service.ts'), join(root, name, 'src/main.ts'));
  }
  const [viewer, dispo, cleaning] = await freePorts(3);
  const ports = { VIEWER_PORT: `${viewer}`, DISPO_PORT: `${dispo}`, CLEANING_PORT: `${cleaning}` };

  const journal = async () => (await readFile(join(root, 'journal'), 'utf8')).trim().split('\n');
  return {
    root,
    ports,
    /** Starts the supervisor. `printed` waits for a text in its output, `ended` for its exit code. */
    start(args: string[] = [], env: Record<string, string> = {}) {
      const { PATH, NODE_COMPILE_CACHE } = process.env;
      const child = spawn(process.execPath, [join(FIXTURES, 'supervisor.ts'), ...args], {
        env: { PATH, NODE_COMPILE_CACHE, FAKE_ROOT: root, ...ports, ...env },
      });
      started.push(child);
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      return {
        child,
        ended,
        text: () => text,
        printed: (what: RegExp) => expect.poll(() => text).toMatch(what),
      };
    },
    /** Names of the services that have started or stopped, in that order. */
    events: async (what: 'start' | 'stop') =>
      (await journal()).filter((line) => line.startsWith(what)).map((line) => line.split(' ')[1]),
    async expectNothingRuns(): Promise<void> {
      const pids = (await journal()).map((line) => Number(line.split(' ')[2]));
      await expect.poll(() => pids.filter(isAlive)).toEqual([]);
    },
    async remove(): Promise<void> {
      for (const child of started) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
      await rm(root, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
