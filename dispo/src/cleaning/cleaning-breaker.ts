import { type Logger, withoutValues } from '@hotel/log';
import { type Breaker, createBreaker } from './breaker.ts';

const FAILURES_IN_A_ROW = 5;
/** Also the `Retry-After` of `cleaning_unavailable`: by then the breaker lets calls through again. */
export const PAUSE_S = 2;

/** The breaker that all calls to cleaning share: what one of them learns holds for the others. */
export function createCleaningBreaker(log: Logger, now = () => performance.now()): Breaker {
  return createBreaker({
    failures: FAILURES_IN_A_ROW,
    openMs: PAUSE_S * 1_000,
    now,
    onOpen: (error) =>
      log.error(
        { reason: reasonOf(error) },
        `cleaning failed ${FAILURES_IN_A_ROW} times in a row: requests to it pause, except for one every ${PAUSE_S} s until it answers`,
      ),
    onClose: () => log.info('cleaning answers again'),
  });
}

/** Leaves out the response body, which may contain anything. */
export function reasonOf(error: unknown): string {
  const { message, name } = withoutValues(error);
  return message || name;
}
