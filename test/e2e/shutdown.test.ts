import { freePorts } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ask, book, insistOnTrace, startHotel, waitUntilPlanned } from './harness/hotel.ts';
import { type ServiceProxy, startProxy } from './harness/proxy.ts';

let traced: TracedSystem;
let cleaning: ServiceProxy;
beforeEach(async () => {
  const [port] = await freePorts(1);
  cleaning = await startProxy(`http://127.0.0.1:${port}`);
  traced = await startHotel({
    env: {
      CLEANING_INTERNAL_PORT: String(port),
      CLEANING_INTERNAL_URL: cleaning.url,
      HOTEL_CLEANING_TIMEOUT_MS: '8000',
      // So long that only the final flush can have sent a span.
      OTEL_BSP_SCHEDULE_DELAY: '60000',
    },
  });
});
afterEach(async () => {
  await traced.stop();
  await cleaning[Symbol.asyncDispose]();
});

it('on SIGTERM requests in flight are answered, spans are flushed, and every process exits with 0', async () => {
  const rooms = [1, 2, 3, 4, 5];
  const made = await Promise.all(
    rooms.map((room_id) => book(traced, { room_id, start: '2027-02-04', end: '2027-02-06' })),
  );
  for (const { booking } of made) await waitUntilPlanned(traced, booking.id);
  expect(traced.sink.spans()).toEqual([]);

  // Certainly in flight: dispo waits for cleaning's response to each.
  cleaning.holdNext(rooms.length);
  const checkIns = made.map(({ booking }) => ask(traced, 'POST', `/api/v1/bookings/${booking.id}/check-in`));
  await expect.poll(() => cleaning.seen.length).toBe(rooms.length);
  const dispo = traced.system.processes.get('dispo');
  const stopping = dispo?.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  cleaning.release();
  for (const { status, body } of await Promise.all(checkIns)) {
    expect({ status, is: body.status }).toEqual({ status: 200, is: 'checked_in' });
  }
  await stopping;

  const others = ['cleaning', 'cleaning-worker'].map((name) => traced.system.processes.get(name));
  await Promise.all(others.map((child) => child?.stop()));
  const exits = await Promise.all([dispo, ...others].map((child) => child?.exited));
  expect(exits.map((exit) => exit?.code)).toEqual([0, 0, 0]);
  for (const { traceId } of made) await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
});
