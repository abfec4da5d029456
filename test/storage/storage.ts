import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
let built: Promise<string> | undefined;

/** Environment of a service whose storage can fail: see shim.c. @throws Error without a C compiler */
export async function failingStorage(): Promise<{ LD_PRELOAD: string }> {
  built ??= build();
  return { LD_PRELOAD: await built };
}

async function build(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-shim-'));
  process.once('exit', () => void rm(folder, { recursive: true, force: true }));
  const library = join(folder, 'shim.so');
  const source = join(import.meta.dirname, 'shim.c');
  await run('gcc', ['-shared', '-fPIC', '-O2', '-Wall', '-Werror', '-o', library, source, '-ldl']);
  return library;
}

/** Makes writes fail, or succeed again. */
export async function setReadOnly(dataDir: string, isReadOnly: boolean): Promise<void> {
  const flag = join(dataDir, 'read-only');
  if (isReadOnly) await writeFile(flag, '');
  else await rm(flag, { force: true });
}

/**
 * Reverts unsynced writes in the databases of killed processes and deletes files that were never synced. Only file names count as
 * durable immediately.
 */
export async function losePower(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!/\.sqlite(-wal|-shm)?$/.test(name)) continue;
    const file = join(dataDir, name);
    const durable = join(`${dataDir}.durable`, String((await stat(file)).ino));
    if (existsSync(durable) && !name.endsWith('-shm')) await copyFile(durable, file);
    else await rm(file);
  }
}
