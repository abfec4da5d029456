import { AsyncLocalStorage } from 'node:async_hooks';
import { detached as detachedFromTrace } from '@hotel/telemetry';

/** When the current request must have its response, on the clock of `performance.now()`. */
const deadlines = new AsyncLocalStorage<number | undefined>();

/** Runs work that must end within `ms`. Code in it that waits asks `remainingMs` how long it may. */
export function within<T>(ms: number, work: () => T): T {
  return deadlines.run(performance.now() + ms, work);
}

/** The time that the current request has left, which may be negative; undefined outside of `within`. */
export function remainingMs(): number | undefined {
  const deadline = deadlines.getStore();
  return deadline === undefined ? undefined : deadline - performance.now();
}

/** Starts work that outlives the current request: it has neither its trace nor its deadline. */
export function detached<T>(start: () => T): T {
  return deadlines.run(undefined, detachedFromTrace, start);
}
