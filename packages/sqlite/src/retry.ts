import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseBusyError, isBusy } from './errors.ts';

const LONGEST_PAUSE_MS = 50;

/**
 * Retries `attempt` until the lock is free. Pauses asynchronously: SQLite's own wait would block the whole process.
 * @throws DatabaseBusyError after `waitMs`; any other error of `attempt` immediately.
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
