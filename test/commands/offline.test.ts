import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
/** A network namespace of its own: loopback, and nothing else. `-r` lets an ordinary user make one where the kernel allows it. */
const ALONE = ['unshare', ...(process.getuid?.() === 0 ? ['-n'] : ['-rn'])];

const refusal = whyNot();
if (refusal) console.warn(`SKIPPED: the commands were not tried without a network: ${refusal}`);

function whyNot(): string | undefined {
  const [command = '', ...args] = [...ALONE, 'true'];
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : stderr?.trim() || error?.message || `unshare ended with ${status}`;
}

it.skipIf(refusal)('runs a command of the README without a network once the workspace is installed', async () => {
  // npm's cache must not help: it may be cleaned or stale.
  const cache = await mkdtemp(join(tmpdir(), 'hotel-npm-'));
  const [command = '', ...args] = [...ALONE, 'npx', '-y', 'pnpm@12', 'trace', '--help'];
  const { npm_config_offline: _, ...env } = process.env;
  try {
    const { stdout } = await promisify(execFile)(command, args, {
      cwd: ROOT,
      env: { ...env, npm_config_cache: cache },
    });
    expect(stdout).toContain('Usage: npx -y pnpm@12 trace');
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});
