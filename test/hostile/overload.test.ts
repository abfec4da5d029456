import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, startHotel, waitUntilPlanned } from '../e2e/harness/hotel.ts';
import { everyReplica } from '../e2e/harness/readiness.ts';
import { REPLICAS } from '../e2e/harness/replicas.ts';
import { open } from './wire.ts';

/** Per process. */
const PLACES = 8;
/** Of each kind. */
const SLOW_CLIENTS = 20;
const DRIP_MS = 500;

const HEAD = 'GET /api/v1/rooms HTTP/1.1\r\nhost: a\r\nx: ';
const BODY = 'POST /api/v1/rooms HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{';

let traced: TracedSystem;
let slow: Array<ReturnType<typeof open>>;
beforeAll(async () => {
  traced = await startHotel({
    without: ['viewer'],
    env: { HOTEL_MAX_IN_FLIGHT: String(PLACES), HOTEL_TRACE_EDGE: 'restart', HOTEL_CLEANING_TIMEOUT_MS: '60000' },
  });
  slow = Array.from({ length: SLOW_CLIENTS }, () => [dripping(HEAD), dripping(BODY)]).flat();
});
afterAll(async () => {
  for (const { socket } of slow ?? []) socket.destroy();
  await traced?.stop();
});

/** Sends one byte at a time and never finishes. */
function dripping(begin: string): ReturnType<typeof open> {
  const client = open(traced.ports.DISPO_PORT ?? 0);
  client.socket.write(begin);
  const drip = setInterval(() => client.socket.write(' '), DRIP_MS);
  client.socket.on('close', () => clearInterval(drip));
  return client;
}

it('slow clients take no capacity from others', async () => {
  for (let i = 0; i < 20; i++) expect((await ask(traced, 'GET', '/api/v1/rooms')).status).toBe(200);
});

/** Check-ins that wait for cleaning, one per slot. Those displaced by a status request are repeated. */
function takeEveryPlace(ids: number[]): Array<Promise<number>> {
  return ids.map(async (id) => {
    for (;;) {
      const { status } = await ask(traced, 'POST', `/api/v1/bookings/${id}/check-in`);
      if (status !== 503) return status;
    }
  });
}

it('excess requests are rejected before any work, health and the other services respond, and recovery is immediate', async () => {
  const night = { start: '2028-01-01', end: '2028-01-02' };
  const arriving: number[] = [];
  for (let i = 0; i < PLACES * REPLICAS; i++) {
    const room = await ask<{ id: number }>(traced, 'POST', '/api/v1/rooms', {
      number: String(800 + i),
      name: 'One more',
    });
    arriving.push((await book(traced, { room_id: room.body.id, ...night })).booking.id);
  }
  for (const id of arriving) await waitUntilPlanned(traced, id);

  const cleaning = traced.system.processes.get('cleaning');
  cleaning?.kill('SIGSTOP');
  const held = takeEveryPlace(arriving);
  try {
    await everyReplica(
      () => ask(traced, 'GET', '/api/v1/rooms'),
      ({ status }) => status === 503,
    );

    const asked = Array.from({ length: 300 }, () =>
      ask<{ type: string }>(traced, 'POST', '/api/v1/bookings', { room_id: 1, ...night }),
    );
    const health = Array.from({ length: 20 }, () => httpJson(`${traced.url('DISPO_PORT')}/health`));
    const internal = httpJson(`${traced.url('DISPO_INTERNAL_PORT')}/readyz`);
    expect((await Promise.all(health)).map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect((await internal).status).toBe(200);
    for (const { status, headers, body } of await Promise.all(asked)) {
      expect([status, headers.get('retry-after'), body.type]).toEqual([503, '1', 'urn:hotel:problem:overloaded']);
    }
  } finally {
    cleaning?.kill('SIGCONT');
  }
  // Accepted requests are answered, and so is the next one; none of the rejected ones had an effect.
  expect(await Promise.all(held)).toEqual(Array(PLACES * REPLICAS).fill(200));
  const { booking } = await book(traced, { room_id: 1, ...night });
  expect(booking.id).toBe(Math.max(...arriving) + 1);
  await waitUntilPlanned(traced, booking.id);
});

it('slow clients are disconnected in the end, with 408 as a problem', async () => {
  for (const [answer, ...more] of await Promise.all(slow.map(({ answers }) => answers))) {
    expect([answer?.status, more]).toEqual([408, []]);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 408 });
  }
});
