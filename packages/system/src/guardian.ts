import { spawn } from 'node:child_process';

/*
 * A process started here sits in a session of its own, so that Ctrl-C reaches the supervisor alone. The price is that nothing
 * ends it when the supervisor dies without a word (kill -9). Linux has PR_SET_PDEATHSIG for that, but not every system does and
 * Node cannot set it; a preload in every process would not reach Redis. A shell that waits at a pipe does it for all of them:
 * the kernel closes the pipe however its writer dies.
 */
const SCRIPT = `
read -r _ && exit 0
kill -TERM "$1" 2>/dev/null || exit 0
n=0
while [ $n -lt 10 ]; do
  sleep 1
  kill -0 "$1" 2>/dev/null || exit 0
  n=$((n + 1))
done
kill -KILL "$1" 2>/dev/null
`;

/** Sees to it that process `pid` ends when this process does, however that happens. Returns what to call once `pid` has ended. */
export function guard(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
  });
  // Without a shell there is no guardian, and the process itself runs all the same.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as { unref?: () => void }).unref?.();
  return () => {
    shell.stdin.end('ended\n');
  };
}
