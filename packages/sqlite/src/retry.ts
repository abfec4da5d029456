import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseBusyError, isBusy } from './errors.ts';

const LONGEST_PAUSE_MS = 50;

/**
 * Runs `attempt` until the lock is free. The pauses are asynchronous: SQLite's own waiting would stop the whole process.
 * @throws DatabaseBusyError after `waitMs`; every other error of `attempt` at once.
 */
export async function whileBusy<T>(file: string, waitMs: number, attempt: () => T): Promise<T> {
  const end = performance.now() + waitMs;
  for (let pause = 2; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= end) throw new DatabaseBusyError(file, waitMs);
      await sleep(pause);
    }
  }
}
