import { randomUUID } from 'node:crypto';
import { freePorts } from '@hotel/system';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { bookingTrace, hotel } from 'dev/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ask,
  type Booking,
  book,
  days,
  insistOnLine,
  insistOnTrace,
  MAX_SPANS,
  startHotel,
  waitUntilPlanned,
} from './hotel.ts';
import { type ServiceProxy, startProxy } from './proxy.ts';

interface Task {
  id: number;
  day: string;
  booking_id: number;
  final: 0 | 1;
  done: boolean;
}

interface Problem {
  type: string;
  status: number;
  detail: string;
  trace_id: string;
}

let traced: TracedSystem;
let proxy: ServiceProxy;
beforeAll(async () => {
  const [port] = await freePorts(1);
  proxy = await startProxy(`http://127.0.0.1:${port}`);
  traced = await startHotel({
    env: {
      CLEANING_INTERNAL_PORT: String(port),
      CLEANING_INTERNAL_URL: proxy.url,
      HOTEL_CLEANING_TIMEOUT_MS: '1000',
    },
  });
});
afterAll(async () => {
  await traced?.stop();
  await proxy?.[Symbol.asyncDispose]();
});

const dayFromNow = (count: number) => {
  const date = new Date();
  date.setDate(date.getDate() + count);
  // The Swedish locale formats the local date as YYYY-MM-DD.
  return date.toLocaleDateString('sv');
};
const stayOf = (room_id: number, start: number, end: number) => ({
  room_id,
  start: dayFromNow(start),
  end: dayFromNow(end),
});
const checkIn = <Body = Booking>(id: number) => ask<Body>(traced, 'POST', `/api/v1/bookings/${id}/check-in`);
const checkOut = <Body = Booking>(id: number) => ask<Body>(traced, 'POST', `/api/v1/bookings/${id}/check-out`);
const read = async (id: number) => (await ask(traced, 'GET', `/api/v1/bookings/${id}`)).body;
const finish = (id: number) =>
  httpJson<Task>(`${traced.url('CLEANING_PORT')}/api/v1/tasks/${id}/done`, { method: 'POST' });

async function tasksOf(booking: Booking): Promise<Task[]> {
  const all: Task[] = [];
  for (let day = new Date(booking.start); ; day = new Date(day.getTime() + 86_400_000)) {
    const text = day.toISOString().slice(0, 10);
    if (text > booking.end) return all.filter(({ booking_id }) => booking_id === booking.id);
    all.push(...(await httpJson<Task[]>(`${traced.url('CLEANING_PORT')}/api/v1/tasks?day=${text}`)).body);
  }
}

const todaysTasks = async () => (await httpJson<Task[]>(`${traced.url('CLEANING_PORT')}/api/v1/tasks?limit=200`)).body;

async function finishFinal(booking: Booking): Promise<void> {
  const final = (await tasksOf(booking)).find((task) => task.final === 1);
  expect(await finish(final?.id ?? 0)).toMatchObject({ status: 200, body: { done: true } });
}

describe('a stay', () => {
  it('goes from check-in to a clean room, each step in one trace across the services', async () => {
    const { booking } = await book(traced, stayOf(1, -2, 3));
    const { booking: next } = await book(traced, stayOf(1, 3, 5));
    await waitUntilPlanned(traced, booking.id);

    const moved = await checkIn(booking.id);
    expect(moved).toMatchObject({ status: 200, body: { status: 'checked_in', cleaning: 'pending', revision: 2 } });
    const arrival = await insistOnTrace(traced, moved.traceId ?? '', hotel.expectedTraces.checkIn);
    expect(arrival.length).toBeLessThanOrEqual(MAX_SPANS);
    expect(await checkIn<Problem>(next.id)).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_occupied', detail: expect.stringContaining('101') },
    });

    const left = await checkOut(booking.id);
    expect(left).toMatchObject({ status: 200, body: { status: 'checked_out', end: dayFromNow(0), revision: 3 } });
    const departure = await insistOnTrace(traced, left.traceId ?? '', hotel.expectedTraces.checkOut);
    expect(departure.length).toBeLessThanOrEqual(MAX_SPANS);
    await waitUntilPlanned(traced, booking.id);
    const refused = await checkIn<Problem>(next.id);
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_not_clean', detail: 'room 101 is not clean yet' },
    });

    await finishFinal(left.body);
    expect(await checkIn(next.id)).toMatchObject({ status: 200, body: { status: 'checked_in' } });
  });

  it('that ends early moves the final clean to that day, and its nights can be booked again', async () => {
    const { booking } = await book(traced, stayOf(2, -1, 3));
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('102', booking)).toEqual([-1, 0, 1, 2, 3].map((n) => [dayFromNow(n), n === 3 ? 1 : 0]));
    await checkIn(booking.id);
    await checkOut(booking.id);
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('102', booking)).toEqual([
      [dayFromNow(-1), 0],
      [dayFromNow(0), 1],
    ]);
    await book(traced, stayOf(2, 0, 3));
  });

  it('that ends before its start ends on the day it starts, occupies no night, and is cleaned today', async () => {
    const { booking } = await book(traced, stayOf(3, 2, 4));
    await checkIn(booking.id);
    expect((await checkOut(booking.id)).body).toMatchObject({ start: dayFromNow(2), end: dayFromNow(2) });
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('103', { start: dayFromNow(-1), end: dayFromNow(4) })).toEqual([[dayFromNow(0), 1]]);
    await book(traced, stayOf(3, 2, 4));
  });

  it('that is overdue keeps the room until its guest leaves, and its final clean is on the list of that day', async () => {
    const { booking } = await book(traced, stayOf(5, -5, -2));
    await checkIn(booking.id);
    await waitUntilPlanned(traced, booking.id);
    const tonight = { room_id: 5, start: dayFromNow(0), end: dayFromNow(1) };
    const isFree = async () => {
      const path = `/api/v1/rooms/free?start=${tonight.start}&end=${tonight.end}`;
      return (await ask<Array<{ id: number }>>(traced, 'GET', path)).body.some(({ id }) => id === 5);
    };
    expect(await isFree()).toBe(false);
    expect(await ask<Problem>(traced, 'POST', '/api/v1/bookings', tonight)).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_occupied', detail: expect.stringContaining(dayFromNow(-2)) },
    });
    expect((await todaysTasks()).filter(({ booking_id }) => booking_id === booking.id).at(-1)).toMatchObject({
      day: dayFromNow(-2),
      final: 1,
    });

    const left = await checkOut(booking.id);
    expect(left.body).toMatchObject({ start: dayFromNow(-5), end: dayFromNow(-2) });
    await insistOnTrace(traced, left.traceId ?? '', hotel.expectedTraces.checkOut);
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('105', { start: dayFromNow(-5), end: dayFromNow(1) })).toEqual(
      [-5, -4, -3, -2, -1, 0].map((n) => [dayFromNow(n), n === 0 ? 1 : 0]),
    );
    const open = (await todaysTasks()).filter(({ booking_id }) => booking_id === booking.id);
    expect(open).toMatchObject([{ day: dayFromNow(0), final: 1, done: false }]);
    expect((await finish(open[0]?.id ?? 0)).status).toBe(200);
    expect(await isFree()).toBe(true);
    const { booking: next } = await book(traced, tonight);
    expect((await checkIn(next.id)).status).toBe(200);
    await checkOut(next.id);
  });

  it('follows its order: no change after check-in, no check-out before it, nothing twice', async () => {
    const { booking } = await book(traced, stayOf(4, 0, 2));
    const of = (method: string, path = '') => ask<Problem>(traced, method, `/api/v1/bookings/${booking.id}${path}`);
    expect(await of('POST', '/check-out')).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:guest_not_here' },
    });
    expect((await checkIn(booking.id)).status).toBe(200);
    for (const refused of [
      await of('POST', '/check-in'),
      await of('DELETE'),
      await ask<Problem>(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, { end: dayFromNow(3) }),
    ]) {
      expect(refused).toMatchObject({ status: 409, body: { type: 'urn:hotel:problem:booking_closed' } });
    }
    expect((await of('POST', '/check-out/')).status).toBe(200);
    expect((await of('POST', '/check-out')).status).toBe(409);
    expect((await of('POST', '/check-in')).status).toBe(409);
    expect(await read(booking.id)).toMatchObject({ status: 'checked_out', revision: 3 });
  });

  it('of a cancelled or missing booking cannot begin', async () => {
    const { booking } = await book(traced, stayOf(5, 0, 2));
    await ask(traced, 'DELETE', `/api/v1/bookings/${booking.id}`);
    const before = proxy.seen.length;
    expect((await checkIn(booking.id)).status).toBe(409);
    expect((await checkIn(999_999)).status).toBe(404);
    expect((await checkOut(999_999)).status).toBe(404);
    expect(proxy.seen.length).toBe(before);
  });
});

describe('concurrent check-ins', () => {
  it('of one booking succeed once', async () => {
    const { booking } = await book(traced, stayOf(6, 0, 1));
    const answers = await Promise.all(Array.from({ length: 5 }, () => checkIn(booking.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await read(booking.id)).toMatchObject({ status: 'checked_in', revision: 2 });
  });

  it('of two bookings of one room succeed once', async () => {
    const { booking: first } = await book(traced, stayOf(7, 0, 1));
    const { booking: second } = await book(traced, stayOf(7, 1, 2));
    const answers = await Promise.all([checkIn(first.id), checkIn(second.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect([(await read(first.id)).status, (await read(second.id)).status].sort()).toEqual(['booked', 'checked_in']);
  });
});

describe('while the worker is away', () => {
  it('a room whose guest has come and gone is not given out, although cleaning knows of neither', async () => {
    const { booking } = await book(traced, stayOf(8, 0, 1));
    const { booking: next } = await book(traced, stayOf(8, 1, 2));
    await waitUntilPlanned(traced, booking.id);
    await traced.system.processes.get('cleaning-worker')?.stop();
    await checkIn(booking.id);
    const left = await checkOut(booking.id);
    const state = await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/8/state`);
    expect(await state.json()).toEqual({ room_id: 8, state: 'clean' });
    expect(await checkIn<Problem>(next.id)).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_not_clean', detail: expect.stringContaining('has not confirmed') },
    });
    await traced.system.restart('cleaning-worker');
    await waitUntilPlanned(traced, booking.id);
    await finishFinal(left.body);
    expect((await checkIn(next.id)).status).toBe(200);
  });

  it('a callback for an old revision does not confirm the new one', async () => {
    const { booking } = await book(traced, stayOf(9, 0, 2));
    await waitUntilPlanned(traced, booking.id);
    await traced.system.processes.get('cleaning-worker')?.stop();
    await ask(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, { end: dayFromNow(3) });
    const late = await httpJson(`${traced.url('DISPO_INTERNAL_PORT')}/internal/v1/bookings/${booking.id}/cleaning`, {
      method: 'PUT',
      body: { event_id: randomUUID(), revision: 1, result: 'planned' },
    });
    expect(late.status).toBe(204);
    expect(await read(booking.id)).toMatchObject({ cleaning: 'pending', revision: 2 });
    await traced.system.restart('cleaning-worker');
    expect(await waitUntilPlanned(traced, booking.id)).toMatchObject({ revision: 2 });
  });
});

describe('a check-in without a response from cleaning', () => {
  let booking: Booking;
  beforeAll(async () => {
    ({ booking } = await book(traced, stayOf(10, 0, 2)));
    await waitUntilPlanned(traced, booking.id);
  });

  /** Asserts that the client should retry later, and that nothing has changed. */
  async function insistOnRefusal(): Promise<string> {
    const { status, headers, body, traceId } = await checkIn<Problem>(booking.id);
    expect({ status, body }).toMatchObject({ status: 503, body: { type: 'urn:hotel:problem:cleaning_unavailable' } });
    expect(headers.get('retry-after')).toBe('2');
    expect(body.trace_id).toBe(traceId);
    expect(body.detail).not.toMatch(/127\.0\.0\.1|http/);
    expect(await read(booking.id)).toMatchObject({ status: 'booked', cleaning: 'planned', revision: 1 });
    return traceId ?? '';
  }
  const server = {
    service: 'dispo',
    kind: 'SERVER',
    name: 'POST /api/v1/bookings/:id/check-in',
    attributes: { 'http.response.status_code': 503 },
    status: 'ERROR',
    mayHave: bookingTrace('POST', '').mayHave ?? [],
  } as const;
  const failedCall = { service: 'dispo', kind: 'CLIENT', name: 'GET', status: 'ERROR' } as const;

  it('gets 503 when cleaning answers 500', async () => {
    proxy.failNext(1);
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, {
      ...server,
      children: [{ ...failedCall, attributes: { 'http.response.status_code': 500, 'error.type': '500' } }],
    });
  });

  it('gets 503 when cleaning times out', async () => {
    proxy.holdNext(1);
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, { ...server, children: [{ ...failedCall, events: ['exception'] }] });
  });

  it('opens a circuit after repeated failures, and tries cleaning again after a pause', async () => {
    proxy.failNext(100);
    const before = proxy.seen.length;
    const traces = [];
    for (let i = 0; i < 8; i++) traces.push(await insistOnRefusal());
    const asked = proxy.seen.length - before;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(5);
    // Calls that were not made are not in the trace.
    await insistOnTrace(traced, traces.at(-1) ?? '', server);
    await insistOnLine(traced, 'dispo', /times in a row: requests to it pause/);

    proxy.failNext(0);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect((await checkIn(booking.id)).status).toBe(200);
    await insistOnLine(traced, 'dispo', /cleaning answers again/);
    ({ booking } = await book(traced, stayOf(9, 6, 7)));
    await waitUntilPlanned(traced, booking.id);
  });

  it('gets 503 when cleaning refuses connections', async () => {
    await proxy[Symbol.asyncDispose]();
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, {
      ...server,
      children: [{ ...failedCall, attributes: { 'error.type': 'ECONNREFUSED' } }],
    });
  });
});

async function planOf(
  room: string,
  { start, end }: Pick<Booking, 'start' | 'end'>,
): Promise<Array<[day: string, final: number]>> {
  const all = (await days(traced, start, end)) as Array<{ day: string; room: string; final: number }>;
  return all.filter((one) => one.room === room).map(({ day, final }) => [day, final]);
}
