import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, startHotel, waitUntilPlanned } from '../e2e/hotel.ts';
import { open } from './wire.ts';

const PLACES = 8;
/** Of each kind. */
const SLOW_CLIENTS = 20;
const DRIP_MS = 500;

const HEAD = 'GET /api/v1/rooms HTTP/1.1\r\nhost: a\r\nx: ';
const BODY = 'POST /api/v1/rooms HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 999\r\n\r\n{';

let traced: TracedSystem;
let slow: Array<ReturnType<typeof open>>;
beforeAll(async () => {
  traced = await startHotel({ env: { HOTEL_MAX_IN_FLIGHT: String(PLACES), HOTEL_TRACE_EDGE: 'restart' } });
  slow = Array.from({ length: SLOW_CLIENTS }, () => [dripping(HEAD), dripping(BODY)]).flat();
});
afterAll(async () => {
  for (const { socket } of slow ?? []) socket.destroy();
  await traced?.stop();
});

/** Sends one byte after the other, and never comes to an end. */
function dripping(begin: string): ReturnType<typeof open> {
  const client = open(traced.ports.DISPO_PORT ?? 0);
  client.socket.write(begin);
  const drip = setInterval(() => client.socket.write(' '), DRIP_MS);
  client.socket.on('close', () => clearInterval(drip));
  return client;
}

it('slow clients take nobody the place', async () => {
  for (let i = 0; i < 20; i++) expect((await ask(traced, 'GET', '/api/v1/rooms')).status).toBe(200);
});

it('what is too much is refused before it begins, health and the other services are answered, and it is over at once', async () => {
  const url = traced.url('DISPO_PORT');
  const asked = Array.from({ length: 300 }, (_, i) => {
    const day = (nights: number) => new Date(Date.UTC(2028, 0, 1 + i + nights)).toISOString().slice(0, 10);
    return ask<{ id: number; type: string }>(traced, 'POST', '/api/v1/bookings', {
      room_id: 1,
      start: day(0),
      end: day(1),
    });
  });
  const health = Array.from({ length: 20 }, () => httpJson(`${url}/health`));
  const internal = httpJson(`${traced.url('DISPO_INTERNAL_PORT')}/readyz`);
  expect((await Promise.all(health)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await internal).status).toBe(200);
  const answers = await Promise.all(asked);
  const refused = answers.filter(({ status }) => status === 503);
  const made = answers.filter(({ status }) => status === 201);
  expect(refused.length + made.length).toBe(answers.length);
  expect([refused.length, made.length].every((count) => count >= PLACES)).toBe(true);
  for (const { headers, body } of refused) {
    expect([headers.get('retry-after'), body.type]).toEqual(['1', 'urn:hotel:problem:overloaded']);
  }
  // Not a single one of those that were refused has been made, and all others have.
  const { booking } = await book(traced, { room_id: 2, start: '2028-01-01', end: '2028-01-02' });
  expect(booking.id).toBe(made.length + 1);
  await waitUntilPlanned(traced, booking.id);
});

it('in the end they are hung up on: 408, as a problem', async () => {
  for (const [answer, ...more] of await Promise.all(slow.map(({ answers }) => answers))) {
    expect([answer?.status, more]).toEqual([408, []]);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ status: 408 });
  }
});
