import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@hotel/cli';
import { root } from '../machine/describe.ts';

/** Another commit of this repository, with its packages installed. */
export interface Checkout {
  root: string;
  /** Its short hash. */
  commit: string;
}

/**
 * Checks a commit out below `.hotel/`, where it stays for the next comparison, and installs its packages.
 * @throws UsageError if there is no such commit
 */
export function checkOut(name: string): Checkout {
  const commit = git('rev-parse', '--verify', '--quiet', '--short', `${name}^{commit}`);
  if (!commit) throw new UsageError(`There is no commit ${name} in this repository.`);
  const folder = join(root, '.hotel/cost', commit);
  if (!existsSync(folder)) git('worktree', 'add', '--detach', '--force', folder, commit);
  execFileSync('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--silent'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { root: folder, commit };
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
