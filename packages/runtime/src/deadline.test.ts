import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { detached, remainingMs, within } from './deadline.ts';

it('work within a time limit knows the remaining time, even after it has waited, and other work has no limit', async () => {
  const read = () => remainingMs() ?? Number.NaN;
  const [before, after] = await within(60_000, async () => {
    const first = read();
    await nextTurn();
    return [first, read()];
  });
  expect(before).toBeLessThanOrEqual(60_000);
  expect(after).toBeLessThan(before as number);
  expect(remainingMs()).toBeUndefined();
});

it('work that is detached from a request has no limit, even after it has waited', async () => {
  const left = await within(60_000, () =>
    detached(async () => {
      await nextTurn();
      return remainingMs();
    }),
  );
  expect(left).toBeUndefined();
});
