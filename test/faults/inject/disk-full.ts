import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { endure, type Fault, type Scene } from '../fault.ts';

const run = promisify(execFile);
const VOLUME_MB = 64;

/** Moves dispo's database to a small volume, fills it up, and frees the space again. Mounting needs root. */
export const diskFull: Fault = {
  name: 'disk full on the SQLite volume',
  database: 'sqlite',
  times: 1,
  losesSpans: false,
  unanswered: 'untaken',
  async inject(scene) {
    const volume = await mkdtemp(join(tmpdir(), 'hotel-volume-'));
    try {
      await run('mount', ['-t', 'tmpfs', '-o', `size=${VOLUME_MB}m`, 'tmpfs', volume]);
    } catch (error) {
      await rm(volume, { recursive: true });
      return `a small volume cannot be mounted here: ${error instanceof Error ? error.message.trim() : error}`;
    }
    try {
      await fillUp(scene, volume);
    } finally {
      await run('umount', [volume]);
      await rm(volume, { recursive: true });
    }
    return undefined;
  },
};

async function fillUp(scene: Scene, volume: string): Promise<void> {
  const { dataDir, replicas } = scene.world;
  const home = join(dataDir, 'dispo.sqlite');
  const away = join(volume, 'dispo.sqlite');
  const filler = join(volume, 'filler');
  await replicas.stop('dispo');
  await copyFile(home, away);
  await replicas.start('dispo', { HOTEL_DATA_DIR: volume });
  await writeFile(filler, Buffer.alloc(VOLUME_MB << 20)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOSPC') throw error;
  });
  await endure(scene, 3_000, 15_000);
  await rm(filler);
  await endure(scene, 1_000, 2_000);
  await replicas.stop('dispo');
  await copyFile(away, home);
  await replicas.start('dispo');
}
