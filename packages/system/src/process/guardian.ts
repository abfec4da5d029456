import { spawn } from 'node:child_process';

/*
 * Started processes run in their own sessions, so that Ctrl-C reaches only the supervisor. Nothing would then end them
 * when the supervisor is killed (kill -9). PR_SET_PDEATHSIG exists only on Linux and Node cannot set it; a preload
 * would not cover Redis. A shell that reads from a pipe works for all of them: the kernel closes the pipe however its
 * writer dies.
 *
 * A pid is reused soon on a machine that starts many processes. On Linux a signal is therefore sent only to a process
 * with the start time of the guarded one (field 22 of /proc/<pid>/stat).
 */
const SCRIPT = `
pid=$1
signal=$2
read_start() {
  start=
  read -r stat 2>/dev/null <"/proc/$pid/stat" || return 0
  set -- \${stat##*) }
  start=\${20}
}
is_running() {
  kill -0 "$pid" 2>/dev/null || return 1
  read_start
  [ "$start" = "$guarded" ]
}
read_start
guarded=$start
read -r _ && exit 0
is_running || exit 0
kill -s "$signal" "$pid" 2>/dev/null
n=0
while [ $n -lt 10 ]; do
  sleep 1
  is_running || exit 0
  n=$((n + 1))
done
kill -KILL "$pid" 2>/dev/null
`;

/**
 * Ends process `pid` when this process ends, for any reason: with `signal`, and with SIGKILL after 10 s. Returns a
 * function to call once `pid` has ended.
 */
export function guard(pid: number, signal: NodeJS.Signals): () => void {
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', String(pid), signal.slice('SIG'.length)], {
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
