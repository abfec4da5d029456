import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { preparePython } from './environment.ts';

it('reports which Python is missing, and installs nothing', async () => {
  const root = await mkdtemp(join(tmpdir(), 'python-'));
  onTestFinished(() => rm(root, { recursive: true }));
  const requirements = join(root, 'requirements.txt');
  await writeFile(requirements, 'bullmq==3.4.4\n');
  vi.stubEnv('PATH', root);
  await expect(preparePython({ root, requirements })).rejects.toThrow(
    'Python 3.11 or newer is needed, but PATH has none. Install it, for instance with: apt install python3 python3-venv',
  );
  expect(await readdir(root)).toEqual(['requirements.txt']);
});
