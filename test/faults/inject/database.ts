import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { endure, type Fault } from '../fault.ts';

/** Another process holds the write lock, such as a backup or a shell. */
export const lockedDatabases: Fault[] = ['dispo', 'cleaning'].map((name) => ({
  name: `${name}.sqlite locked by another process`,
  database: 'sqlite',
  times: 1,
  losesSpans: false,
  async inject(scene) {
    const other = new DatabaseSync(join(scene.world.dataDir, `${name}.sqlite`), { timeout: 5_000 });
    other.exec('BEGIN EXCLUSIVE');
    await endure(scene, 4_000, 10_000);
    other.exec('ROLLBACK');
    other.close();
    return undefined;
  },
}));
