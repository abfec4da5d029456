import { type RunningSystem, SystemError } from '@hotel/system';
import type { Change } from '@hotel/watch';

export interface ReloadDeps {
  system: Pick<RunningSystem, 'restart'>;
  print: (text: string) => void;
  /** No process is started after this. */
  stopped: AbortSignal;
}

interface Restart {
  done: Promise<void>;
  /** Aborts the wait: a newer change has arrived. */
  superseded: AbortController;
}

/**
 * Restarts the processes affected by a change. A change during a start cancels that start and begins another. A process
 * that fails to start is reported and stays down until the next change.
 */
export function createReloader({ system, print, stopped }: ReloadDeps): (change: Change) => Promise<void> {
  const latest = new Map<string, Restart>();

  const restart = async (name: string, before: Promise<void> | undefined, superseded: AbortSignal): Promise<void> => {
    await before;
    if (stopped.aborted || superseded.aborted) return;
    try {
      await system.restart(name, {}, superseded);
      print(`${name} is ready again`);
    } catch (error) {
      if (stopped.aborted || superseded.aborted) return;
      // Omits the quoted output, which has just been printed.
      const text = error instanceof SystemError ? error.message.split('\n', 1) : (error as Error).stack;
      print(`${text}\n${name} stays down until the next change.`);
    }
  };

  return async ({ file, processes }) => {
    if (stopped.aborted) return;
    print(`${file} changed: restarting ${processes.join(', ')}`);
    const restarts = processes.map((name) => {
      const before = latest.get(name);
      before?.superseded.abort();
      const superseded = new AbortController();
      const done = restart(name, before?.done, superseded.signal);
      latest.set(name, { done, superseded });
      return done;
    });
    await Promise.all(restarts);
  };
}
