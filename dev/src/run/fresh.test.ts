import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { removeData } from './fresh.ts';

it('removes only the databases, the traces and the data of the servers', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'hotel-fresh-'));
  for (const name of ['redis-data', 'postgres']) await mkdir(join(dir, name));
  for (const name of [
    'dispo.sqlite',
    'dispo.sqlite-wal',
    'dispo.sqlite-shm',
    'traces.jsonl',
    'notes.txt',
    'run.json',
  ]) {
    await writeFile(join(dir, name), '');
  }
  await removeData(dir);
  expect((await readdir(dir)).toSorted()).toEqual(['notes.txt', 'run.json']);
  await removeData(join(dir, 'nowhere'));
  await rm(dir, { recursive: true });
});
