import { expect, it } from 'vitest';
import { createOutboxCheck } from './state.ts';

it.each([
  [{ depth: 0, oldestAgeMs: 0 }, '0 unconfirmed'],
  [{ depth: 3, oldestAgeMs: 60_000 }, '3 unconfirmed'],
])('accepts an outbox while its oldest event is young: %j', async (state, detail) => {
  expect(await createOutboxCheck(async () => state, 60_000)()).toBe(detail);
});

it('reports the size and age of an outbox whose oldest event is too old', async () => {
  const check = createOutboxCheck(async () => ({ depth: 3, oldestAgeMs: 75_400 }), 60_000);
  await expect(check()).rejects.toThrow('3 events are not confirmed, the oldest for 75 s');
});
