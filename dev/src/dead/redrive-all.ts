import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '@hotel/cli';
import type { DeadQueue } from './queue.ts';

const POLL_MS = 100;

export interface RedriveAllOptions {
  /** Pauses while this many jobs wait for the worker: dead letters and jobs together must not fill Redis. */
  maxWaiting: number;
  /** Time limit without a job taken by the worker. */
  stallTimeoutMs: number;
  onProgress(done: number, all: number): void;
}

/** Redrives every current dead letter in order. @throws CommandError when the worker takes no jobs */
export async function redriveAll(
  queue: DeadQueue,
  { maxWaiting, stallTimeoutMs, onProgress }: RedriveAllOptions,
): Promise<{ requeued: number; alreadyQueued: number }> {
  const ids = await queue.ids();
  const result = { requeued: 0, alreadyQueued: 0 };
  for (const [index, id] of ids.entries()) {
    // Checked occasionally: each dead letter costs a few round trips.
    if (index % 100 === 0) await waitForRoom(queue, maxWaiting, stallTimeoutMs, result.requeued);
    const found = await queue.findOptional(id);
    if (found?.isRequeued) result.alreadyQueued++;
    if (found && !found.isRequeued) {
      await queue.redrive(found);
      result.requeued++;
    }
    onProgress(index + 1, ids.length);
  }
  return result;
}

async function waitForRoom(queue: DeadQueue, max: number, stallTimeoutMs: number, requeued: number): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  let deadline = performance.now() + stallTimeoutMs;
  for (;;) {
    const waiting = await queue.countWaiting();
    if (waiting < max) return;
    if (waiting < least) deadline = performance.now() + stallTimeoutMs;
    least = Math.min(least, waiting);
    if (performance.now() > deadline) {
      throw new CommandError(
        `${requeued} events were requeued and ${waiting} are waiting: the worker has taken none for ${stallTimeoutMs / 1_000} s. Start cleaning-worker, then redrive the others with: npx -y pnpm@12 dead redrive --all`,
      );
    }
    await sleep(POLL_MS);
  }
}
