import { existsSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './commands.ts';

/** Both names contain the id of their process, so that a later run can detect leftovers. */
export const FOLDER_PREFIX = `hotel-engine-${process.pid}-`;
export const BRIDGE = `hotel-${process.pid}`;

const isGone = (pid: string | undefined) => pid !== undefined && !existsSync(`/proc/${pid}`);

/** Removes the leftovers of killed runs. */
export async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const folder = join(tmpdir(), name);
    if (!isGone(/^hotel-engine-(\d+)-/.exec(name)?.[1])) continue;
    const daemon = await readFile(join(folder, 'pid'), 'utf8').catch(() => '');
    if (daemon === '' || isGone(daemon.trim())) await removeEngineFolder(folder);
  }
  for (const name of await readdir('/sys/class/net')) {
    if (isGone(/^hotel-(\d+)$/.exec(name)?.[1])) await run('ip', ['link', 'delete', name]).catch(() => {});
  }
}

/** Including what is still mounted in it. */
export async function removeEngineFolder(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`));
  for (const path of mounts.reverse()) await run('umount', ['--lazy', path]).catch(() => {});
  await rm(folder, { recursive: true, force: true });
}
