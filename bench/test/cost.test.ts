import { expect, it } from 'vitest';
import { countPerBooking } from '../src/cost/counts.ts';
import { grownCounts, readRecord } from '../src/cost/record.ts';

it('a booking costs no more than docs/cost.json says', { timeout: 600_000 }, async () => {
  const counts = await countPerBooking();
  expect(
    grownCounts(counts, readRecord()),
    'a booking costs more; if that is worth it, run `pnpm bench cost --write` and say why in the commit',
  ).toEqual([]);
});
