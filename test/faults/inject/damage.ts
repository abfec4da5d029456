import { copyFile, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';

const PAGE_BYTES = 4_096;

const ways: Record<string, (file: string) => Promise<void>> = {
  'its first page overwritten': (file) => overwrite(file, 0, PAGE_BYTES),
  'pages in its middle overwritten': async (file) => {
    const pages = Math.floor((await stat(file)).size / PAGE_BYTES);
    await overwrite(file, Math.floor(pages / 2) * PAGE_BYTES, 2 * PAGE_BYTES);
  },
  'cut in half': async (file) => truncate(file, Math.floor((await stat(file)).size / 2)),
  emptied: (file) => truncate(file, 0),
};

/** A damaged file: the service must refuse to start, report the damage, and leave the file unchanged. */
export const damages: Fault[] = Object.entries(ways).map(([how, damage]) => ({
  name: `dispo.sqlite damaged: ${how}`,
  database: 'sqlite',
  times: 1,
  losesSpans: false,
  unanswered: 'untaken',
  async inject({ world, findings }) {
    const file = join(world.dataDir, 'dispo.sqlite');
    const backup = `${file}.backup`;
    await world.replicas.stop('dispo');
    await copyFile(file, backup);
    await damage(file);
    const damaged = await readFile(file);
    const refusal = await world.replicas.start('dispo').then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (refusal === undefined) findings.wrong.push(`dispo starts with a damaged database (${how})`);
    else if (!refusal.includes('cannot be used') || !refusal.includes('code 1')) {
      findings.wrong.push(`dispo does not report the damage of its database (${how}): ${refusal}`);
    } else if (!damaged.equals(await readFile(file))) {
      findings.wrong.push(`dispo has written to a damaged database (${how})`);
    }
    await world.replicas.stop('dispo');
    for (const left of ['-wal', '-shm']) await rm(file + left, { force: true });
    await writeFile(file, await readFile(backup));
    await rm(backup);
    await world.replicas.start('dispo');
    return undefined;
  },
}));

async function overwrite(file: string, at: number, bytes: number): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(bytes, 'damaged '), 0, bytes, at);
  await handle.close();
}
