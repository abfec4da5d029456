import { expect, it } from 'vitest';
import { createQueueStateReader } from '../src/queue/state.ts';
import { useHarness } from './harness.ts';

const harness = useHarness();

it('the state of the queue counts jobs by state, and knows the age of the oldest that waits', async () => {
  const { queue, redis, prefix } = harness;
  await using reader = createQueueStateReader({ redis, prefix });
  expect(await reader.read()).toEqual({ depth: { waiting: 0, active: 0, delayed: 0 }, oldestAgeMs: 0 });

  const before = Date.now();
  await queue.add('oldest', {}, { timestamp: before - 60_000 });
  await queue.add('newest', {}, { timestamp: before });
  await queue.add('later', {}, { delay: 600_000 });
  const { depth, oldestAgeMs } = await reader.read();
  expect(depth).toEqual({ waiting: 2, active: 0, delayed: 1 });
  expect(oldestAgeMs).toBeGreaterThanOrEqual(60_000);
  expect(oldestAgeMs).toBeLessThanOrEqual(Date.now() - before + 60_000);
});
