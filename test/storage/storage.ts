import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
let built: Promise<string> | undefined;

/** What a service is started with so that its storage can fail: see shim.c. @throws Error where there is no C compiler */
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

/** Whether writes fail, from now on or no more. */
export async function setReadOnly(dataDir: string, isReadOnly: boolean): Promise<void> {
  const flag = join(dataDir, 'read-only');
  if (isReadOnly) await writeFile(flag, '');
  else await rm(flag, { force: true });
}

/**
 * Takes back everything that was not synced, of databases whose processes have been killed: a file that never was is gone. Only the
 * names of files are taken for durable as they are.
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
