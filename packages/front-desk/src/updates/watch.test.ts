import { remainingMs, within } from '@hotel/runtime';
import { expect, it } from 'vitest';
import { startWatch } from './watch.ts';

it('gives each read its own time limit, even after the request that started it', async () => {
  const left: Array<number | undefined> = [];
  const read = async () => {
    left.push(remainingMs());
    return { html: '', version: '1', source: '1' };
  };
  using _watch = within(-1, () => startWatch({ read, intervalMs: 1, onError: () => {} }));
  await expect.poll(() => left.length).toBeGreaterThan(2);
  expect(left.filter((ms) => ms === undefined || ms < 0)).toEqual([]);
});
