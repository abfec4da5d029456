import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ProcessSpec, System } from '../src/types.ts';

/** Creates a repository root with the fixture as the folder `fake` and a telemetry preload that sets `PRELOADED`. */
export async function createRoot() {
  const root = await mkdtemp(join(tmpdir(), 'hotel-system-'));
  await cp(join(import.meta.dirname, 'fixtures'), join(root, 'fake'), { recursive: true });
  const preload = join(root, 'node_modules/@hotel/telemetry');
  await mkdir(preload, { recursive: true });
  await writeFile(join(preload, 'package.json'), '{"type":"module","exports":{"./register":"./register.js"}}');
  await writeFile(join(preload, 'register.js'), 'process.env.PRELOADED = "yes";\n');
  // Shares the repository's unpacked Redis server, so that it is downloaded once.
  const cache = resolve(import.meta.dirname, '../../../.hotel');
  await mkdir(cache, { recursive: true });
  await symlink(cache, join(root, '.hotel'));
  const journal = join(root, 'journal');
  await writeFile(journal, '');
  return {
    root,
    dataDir: join(root, 'data'),
    journal,
    entries: async () => (await readFile(journal, 'utf8')).split('\n').filter(Boolean),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export function fakeProcess(
  name: string,
  env: Record<string, string> = {},
  more: Partial<ProcessSpec> = {},
): ProcessSpec {
  const port = `${name.toUpperCase()}_PORT`;
  return {
    name,
    folder: 'fake',
    entry: 'service.ts',
    traced: true,
    ports: { [port]: 1 },
    env: { FAKE_NAME: name, FAKE_PORT_NAME: port, ...env },
    ready: { port, path: '/ready' },
    ...more,
  };
}

export function fakeSystem(processes: ProcessSpec[], redis = false): System {
  return { name: 'inn', processes, redis, tryIt: { method: 'GET', url: '' } };
}

/** The environment of a fake process. */
export async function environmentOf(url: string | undefined): Promise<Record<string, string>> {
  const response = await fetch(`${url}/`);
  return ((await response.json()) as { env: Record<string, string> }).env;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
