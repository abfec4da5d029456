import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, book, insistOnTrace, startHotel } from './hotel.ts';

let traced: TracedSystem;
beforeEach(async () => {
  // So long that only a flush at the end can have sent a span.
  traced = await startHotel({ env: { OTEL_BSP_SCHEDULE_DELAY: '60000' } });
});
afterEach(() => traced.stop());

it('SIGTERM: requests in flight are answered, spans are flushed, every process ends with 0', async () => {
  const { traceId, booking } = await book(traced, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
  const planned = async () => (await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`)).body.cleaning === 'planned';
  while (!(await planned())) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(traced.sink.spans()).toEqual([]);

  const stays = Array.from({ length: 20 }, (_, i) => ({ room_id: 2, start: day(2 * i), end: day(2 * i + 1) }));
  const inFlight = Promise.allSettled(stays.map((stay) => ask(traced, 'POST', '/api/v1/bookings', stay)));
  const exits = await Promise.all(
    ['dispo', 'cleaning', 'cleaning-worker'].map(async (name) => {
      const child = traced.system.processes.get(name);
      await child?.stop();
      return child?.exited;
    }),
  );
  for (const answer of await inFlight) expect(answer).toMatchObject({ status: 'fulfilled', value: { status: 201 } });
  expect(exits.map((exit) => exit?.code)).toEqual([0, 0, 0]);
  await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
});

function day(offset: number): string {
  return new Date(Date.UTC(2028, 0, 1 + offset)).toISOString().slice(0, 10);
}
