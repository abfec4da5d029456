import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkMode } from '@hotel/system/test';
import { httpJson } from '@hotel/trace-test';
import { describe, expect, it } from 'vitest';
import { startWorld, type World } from './world.ts';

const NIGHT = { start: '2028-01-01', end: '2028-01-02' };

const states: Record<string, (world: World, book: () => Promise<unknown>) => Promise<void>> = {
  'has stopped': ({ redis }) => redis.kill('SIGSTOP'),
  'takes connections and answers nothing': ({ links }) => links.redis.setMode('hang'),
  'is gone': ({ links }) => links.redis.setMode('refuse'),
  'has stopped, is cut off, and answers no new connection': (world, book) => cutOffInMidSentence(world, book, 'hang'),
  'has stopped, is cut off, and is gone': (world, book) => cutOffInMidSentence(world, book, 'refuse'),
};

/** Commands sent then are neither answered nor rejected: ioredis keeps them for the next connection. */
async function cutOffInMidSentence({ redis, links }: World, book: () => Promise<unknown>, mode: LinkMode) {
  await redis.kill('SIGSTOP');
  await book();
  await sleep(1_000);
  await links.redis.setMode(mode);
}

describe('SIGTERM while Redis', () => {
  it.each(Object.keys(states))(
    '%s: every request in flight is answered, every process exits with 0, and its spans are sent',
    async (state) => {
      // Slow machines are not under test here.
      await using world = await startWorld({ env: { HOTEL_CLEANING_TIMEOUT_MS: '8000' } });
      // A stopped process would not receive SIGTERM.
      await using _ = { [Symbol.asyncDispose]: () => world.redis.kill('SIGCONT') };
      const bookings = `${world.url('DISPO_PORT')}/api/v1/bookings`;
      const book = (room_id: number) =>
        httpJson<{ id: number }>(bookings, { method: 'POST', body: { room_id, ...NIGHT } });
      const first = await book(1);
      await expect.poll(() => planned(bookings, first.body.id)).toBe(true);

      await states[state]?.(world, () => book(5));
      const made = await Promise.all([2, 3, 4].map(book));
      expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
      // Certainly in flight: cleaning answers only after dispo has got its SIGTERM.
      await world.links.toCleaning.setMode('slow');
      await expect.poll(world.links.toCleaning.isInUse).toBe(false);
      const checkIn = httpJson(`${bookings}/${first.body.id}/check-in`, { method: 'POST' });
      await expect.poll(world.links.toCleaning.isInUse).toBe(true);
      const { stop } = world.replicas;
      const exits = await Promise.all([stop('dispo'), stop('cleaning-worker')]);
      exits.push(await stop('cleaning'));

      expect((await checkIn).status).toBe(200);
      expect(exits).toEqual(Array(3).fill({ code: 0, signal: null, forced: false }));
      const traces = new Set(world.sink.spans().map(({ traceId }) => traceId));
      for (const { traceId } of [...made, await checkIn]) expect(traces).toContain(traceId);
    },
    180_000,
  );
});

async function planned(bookings: string, id: number): Promise<boolean> {
  return (await httpJson<{ cleaning: string }>(`${bookings}/${id}`)).body.cleaning === 'planned';
}
