import { failingStorage, setReadOnly } from '../../storage/storage.ts';
import { endure, type Fault } from '../fault.ts';

/** The file system of dispo's database rejects writes for a while, as after an I/O error. Needs a C compiler. */
export const readOnly: Fault = {
  name: 'read-only volume',
  database: 'sqlite',
  times: 1,
  losesSpans: false,
  unanswered: 'untaken',
  async inject(scene) {
    const { dataDir, replicas } = scene.world;
    let env: Record<string, string>;
    try {
      env = await failingStorage();
    } catch (error) {
      return `the library that fails writes cannot be built here: ${error instanceof Error ? error.message.trim() : error}`;
    }
    await replicas.stop('dispo');
    await replicas.start('dispo', env);
    await setReadOnly(dataDir, true);
    try {
      await endure(scene, 3_000, 15_000);
    } finally {
      await setReadOnly(dataDir, false);
    }
    await endure(scene, 1_000, 2_000);
    await replicas.stop('dispo');
    await replicas.start('dispo');
    return undefined;
  },
};
