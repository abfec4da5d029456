import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes the data of the services, Redis and PostgreSQL, and the traces. Keeps other files in the folder. */
export async function removeData(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => []);
  const servers = ['redis-data', 'postgres', 'traces.jsonl'];
  const ours = names.filter((name) => servers.includes(name) || /\.sqlite(-\w+)?$/.test(name));
  await Promise.all(ours.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
