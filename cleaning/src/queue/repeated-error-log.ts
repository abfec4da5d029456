import type { Logger } from '@hotel/log';
import { BoundedMap } from '@hotel/runtime';

const MAX_MESSAGES = 100;
const AGAIN_AFTER_MS = 60_000;

/** Logs each error at most once a minute, with the number of suppressed repetitions. */
export function createRepeatedErrorLog(
  log: Logger,
  what: string,
  now: () => number,
  level: 'error' | 'warn' = 'error',
): (error: Error) => void {
  const seen = new BoundedMap<string, { loggedAt: number; leftOut: number }>(MAX_MESSAGES);
  return (error) => {
    const before = seen.get(error.message);
    if (before && now() - before.loggedAt < AGAIN_AFTER_MS) {
      before.leftOut++;
      return;
    }
    seen.set(error.message, { loggedAt: now(), leftOut: 0 });
    log[level]({ err: error, ...(before ? { left_out: before.leftOut } : {}) }, what);
  };
}
