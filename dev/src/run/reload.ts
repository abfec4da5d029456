import { type RunningSystem, SystemError } from '@hotel/system';
import type { Change } from './watch.ts';

export interface ReloadDeps {
  system: Pick<RunningSystem, 'restart'>;
  say: (text: string) => void;
  /** After this no process is started any more. */
  stopped: AbortSignal;
}

/**
 * Restarts what a change concerns, one change after the other; what comes meanwhile is put together. A process that does not
 * come back is reported and waits for the next change.
 */
export function createReloader({ system, say, stopped }: ReloadDeps): (change: Change) => Promise<void> {
  const waiting = new Set<string>();
  let done: Promise<void> = Promise.resolve();

  const restart = async (name: string): Promise<void> => {
    try {
      await system.restart(name);
      say(`${name} is back`);
    } catch (error) {
      if (stopped.aborted) return;
      const text = error instanceof SystemError ? error.message : (error as Error).stack;
      say(`${text}\n${name} waits for the next change.`);
    }
  };

  return ({ file, processes }) => {
    for (const name of processes) waiting.add(name);
    done = done.then(async () => {
      const names = [...waiting];
      waiting.clear();
      if (names.length === 0 || stopped.aborted) return;
      say(`${file} changed: restarting ${names.join(', ')}`);
      await Promise.all(names.map(restart));
    });
    return done;
  };
}
