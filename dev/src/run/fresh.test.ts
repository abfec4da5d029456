import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeData } from './fresh.ts';

it('removes only the databases and the data of Redis', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hotel-fresh-'));
  await mkdir(join(dir, 'redis-data'));
  for (const name of ['dispo.sqlite', 'dispo.sqlite-wal', 'dispo.sqlite-shm', 'letter.txt', 'run.json']) {
    await writeFile(join(dir, name), '');
  }
  await removeData(dir);
  expect((await readdir(dir)).toSorted()).toEqual(['letter.txt', 'run.json']);
  await removeData(join(dir, 'nowhere'));
  await rm(dir, { recursive: true });
});
