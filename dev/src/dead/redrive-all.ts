import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@hotel/cli';
import type { DeadQueue } from './queue.ts';

const POLL_MS = 100;

export interface RedriveAllOptions {
  /** Pauses while this many jobs wait for the worker: dead letters and jobs together must not fill Redis. */
  maxWaiting: number;
  /** Gives up when the worker takes no job for this long. */
  patienceMs: number;
  onProgress(done: number, all: number): void;
}

/** Redrives every current dead letter, one after the other. @throws CommandError */
export async function redriveAll(
  queue: DeadQueue,
  { maxWaiting, patienceMs, onProgress }: RedriveAllOptions,
): Promise<{ putBack: number; onTheirWay: number }> {
  const ids = await queue.ids();
  const result = { putBack: 0, onTheirWay: 0 };
  for (const [index, id] of ids.entries()) {
    // Checked occasionally: each dead letter costs a few round trips.
    if (index % 100 === 0) await waitForRoom(queue, maxWaiting, patienceMs, result.putBack);
    const found = await queue.findIfThere(id);
    if (found?.isOnItsWay) result.onTheirWay++;
    if (found && !found.isOnItsWay) {
      await queue.redrive(found);
      result.putBack++;
    }
    onProgress(index + 1, ids.length);
  }
  return result;
}

async function waitForRoom(queue: DeadQueue, max: number, patienceMs: number, putBack: number): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let deadline = performance.now() + patienceMs;
  for (;;) {
    const waiting = await queue.countWaiting();
    if (waiting < max) return;
    if (waiting < least) deadline = performance.now() + patienceMs;
    least = Math.min(least, waiting);
    if (performance.now() > deadline) {
      throw new CommandError(
        `${putBack} events are put back, and ${waiting} wait: the worker has taken none for ${patienceMs / 1_000} s. Does cleaning-worker run? Then redrive the others with \`pnpm dead redrive --all\`.`,
      );
    }
    await sleep(POLL_MS);
  }
}
