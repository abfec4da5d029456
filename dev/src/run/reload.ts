import { type RunningSystem, SystemError } from '@hotel/system';
import type { Change } from '@hotel/watch';

export interface ReloadDeps {
  system: Pick<RunningSystem, 'restart'>;
  say: (text: string) => void;
  /** No process is started after this. */
  stopped: AbortSignal;
}

interface Restart {
  done: Promise<void>;
  /** Aborts the wait: a newer change has arrived. */
  superseded: AbortController;
}

/**
 * Restarts the processes that a change concerns. A change that comes while a process starts does not wait until that start has
 * failed: it starts the process again. A process that does not come back is reported and waits for the next change.
 */
export function createReloader({ system, say, stopped }: ReloadDeps): (change: Change) => Promise<void> {
  const latest = new Map<string, Restart>();

  const restart = async (name: string, before: Promise<void> | undefined, superseded: AbortSignal): Promise<void> => {
    await before;
    if (stopped.aborted || superseded.aborted) return;
    try {
      await system.restart(name, {}, superseded);
      say(`${name} is back`);
    } catch (error) {
      if (stopped.aborted || superseded.aborted) return;
      // Without the last lines that it quotes: they have just been printed.
      const text = error instanceof SystemError ? error.message.split('\n', 1) : (error as Error).stack;
      say(`${text}\n${name} waits for the next change.`);
    }
  };

  return async ({ file, processes }) => {
    if (stopped.aborted) return;
    say(`${file} changed: restarting ${processes.join(', ')}`);
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
