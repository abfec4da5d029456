import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { eventOf } from './fixtures.ts';
import { useHarness } from './harness.ts';

const harness = useHarness();

/** Longer than Redis may take during shutdown. */
const SLOW_MS = 2_500;

it('closing waits for a slow job that Redis hands out at that moment', async () => {
  const events = Array.from({ length: 5 }, (_, i) => eventOf('booking.created', { booking_id: i + 1 }));
  const slow = events[4]?.id;
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const started: string[] = [];
  const ended: string[] = [];
  // One job more than the worker's concurrency: it is handed out when one of the others is completed.
  for (const event of events) await harness.queue.add(event.type, event, { jobId: event.id });
  const worker = harness.startWorker({
    processEvent: async ({ id }) => {
      started.push(id);
      await (id === slow ? sleep(SLOW_MS) : released);
      ended.push(id);
    },
  });
  await expect.poll(() => started.length).toBe(4);
  release();
  await new Promise(setImmediate);
  await worker[Symbol.asyncDispose]();
  expect(started).toContain(slow);
  expect(ended.toSorted()).toEqual(started.toSorted());
});
