import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the data of the services and Redis. Keeps other files in the folder. */
export async function removeData(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => []);
  const ours = names.filter((name) => ['redis-data', 'traces.jsonl'].includes(name) || /\.sqlite(-\w+)?$/.test(name));
  await Promise.all(ours.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
