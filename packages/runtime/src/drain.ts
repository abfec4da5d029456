import { setTimeout as sleep } from 'node:timers/promises';

let draining = false;

/** Whether listeners ask their clients to connect again, to another replica. */
export const isDraining = (): boolean => draining;

/**
 * Keeps serving for some time, with `connection: close` in every response. Otherwise a client could send a request on a
 * connection that it holds open just as the closing listener drops it.
 */
export async function drain(ms: number): Promise<void> {
  draining = true;
  await sleep(ms);
}
