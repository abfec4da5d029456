import { spawn } from 'node:child_process';

/*
 * Started processes run in their own sessions, so that Ctrl-C reaches only the supervisor. Nothing would then end them
 * when the supervisor is killed (kill -9). PR_SET_PDEATHSIG exists only on Linux and Node cannot set it; a preload
 * would not cover Redis. A shell that reads from a pipe works for all of them: the kernel closes the pipe however its
 * writer dies.
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

/** Ends process `pid` when this process ends, for any reason. Returns a function to call once `pid` has ended. */
export function guard(pid: number): () => void {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
  });
  // Without a shell the process runs unguarded.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  (shell.stdin as { unref?: () => void }).unref?.();
  return () => {
    shell.stdin.end('ended\n');
  };
}
