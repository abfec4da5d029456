/** `pnpm check`: runs the steps of CI in order until one fails. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { runCommand } from '@hotel/cli';

const SCRIPTS = ['lint', 'typecheck', 'deadcode', 'test:proofs', 'test'];

const USAGE = `Usage: npx -y pnpm@12 check

Runs ${SCRIPTS.join(', ')} one after the other, and stops at the first that fails.

  --help  print this text`;

await runCommand({ usage: USAGE, options: {} }, async () => {
  for (const script of SCRIPTS) {
    const { status } = spawnSync('pnpm', [script], { cwd: join(import.meta.dirname, '..'), stdio: 'inherit' });
    if (status !== 0) return status ?? 1;
  }
  return 0;
});
