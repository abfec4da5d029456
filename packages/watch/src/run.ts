import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Standby, standBy } from './standby.ts';

/** Time between SIGTERM and SIGKILL, short so that a restart does not wait for a long job. */
const LONGEST_END_MS = 500;
/** First delay before a retry; it doubles. A process may also fail for reasons other than its source. */
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 60_000;

export interface RunOptions {
  /** Arguments for Node. */
  args: readonly string[];
  /** The process's port for probes, answered on its behalf while it does not run. */
  probePort: number | undefined;
  say: (text: string) => void;
}

export interface Run {
  /** Stops the process if it is running, and starts it again. */
  restart(file: string): Promise<void>;
  /** Stops the process and returns its exit code. */
  stop(): Promise<number>;
}

/** Runs Node with `args`, and retries when it ends. */
export function startRun({ args, probePort, say }: RunOptions): Run {
  let child: ChildProcess | undefined;
  let standby: Standby | undefined;
  let retry: NodeJS.Timeout | undefined;
  let pauseMs = FIRST_RETRY_MS;
  let stopped = false;
  let last: Promise<void> = Promise.resolve();

  /** Runs steps one at a time, so that a port is free before it is used again. */
  const next = (step: () => Promise<void>): Promise<void> => {
    last = last.then(step);
    return last;
  };

  const start = async (): Promise<void> => {
    clearTimeout(retry);
    await standby?.();
    standby = undefined;
    if (stopped) return;
    const started = spawn(process.execPath, args, { stdio: 'inherit' });
    child = started;
    started.once('exit', (code, signal) => void next(() => ended(started, signal ?? `code ${code}`)));
  };

  const ended = async (which: ChildProcess, how: string): Promise<void> => {
    if (stopped || which !== child) return;
    child = undefined;
    const reason = `the process ended with ${how}; it starts again with the next change, or in ${pauseMs / 1_000} s`;
    say(reason);
    if (probePort !== undefined) standby = await standBy(probePort, reason);
    retry = setTimeout(() => void next(start), pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_RETRY_MS);
  };

  void next(start);
  return {
    restart: (file) =>
      next(async () => {
        if (stopped) return;
        say(`${file} changed: restarting`);
        pauseMs = FIRST_RETRY_MS;
        const old = child;
        child = undefined;
        if (old) await end(old, LONGEST_END_MS);
        await start();
      }),
    async stop() {
      stopped = true;
      clearTimeout(retry);
      await last;
      await standby?.();
      return child ? end(child) : 0;
    },
  };
}

/** Returns the exit code. Without `killAfterMs` there is no time limit. */
async function end(child: ChildProcess, killAfterMs?: number): Promise<number> {
  if (child.exitCode !== null) return child.exitCode;
  if (child.signalCode !== null) return 1;
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = (await exited) as [number | null];
  clearTimeout(timer);
  return code ?? 1;
}
