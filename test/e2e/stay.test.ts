import { randomUUID } from 'node:crypto';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { ask, type Booking, book, days, insistOnFewSpans, insistOnTrace, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import type { ServiceProxy } from './harness/proxy.ts';
import { checkIn, dayFromNow, type Problem, readBooking, stayOf } from './harness/stays.ts';

interface Task {
  id: number;
  day: string;
  booking_id: number;
  final: 0 | 1;
  done: boolean;
}

let traced: TracedSystem;
let toCleaning: ServiceProxy;
borrowHotel((hotel) => {
  ({ traced, toCleaning } = hotel);
});

const checkOut = <Body = Booking>(id: number) => ask<Body>(traced, 'POST', `/api/v1/bookings/${id}/check-out`);
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

    const moved = await checkIn(traced, booking.id);
    expect(moved).toMatchObject({ status: 200, body: { status: 'checked_in', cleaning: 'pending', revision: 2 } });
    const arrival = await insistOnTrace(traced, moved.traceId ?? '', hotel.expectedTraces.checkIn);
    insistOnFewSpans(arrival);
    expect(await checkIn<Problem>(traced, next.id)).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_occupied', detail: expect.stringContaining('101') },
    });

    const left = await checkOut(booking.id);
    expect(left).toMatchObject({ status: 200, body: { status: 'checked_out', end: dayFromNow(0), revision: 3 } });
    const departure = await insistOnTrace(traced, left.traceId ?? '', hotel.expectedTraces.checkOut);
    insistOnFewSpans(departure);
    await waitUntilPlanned(traced, booking.id);
    const refused = await checkIn<Problem>(traced, next.id);
    expect(refused).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_not_clean', detail: 'room 101 is not clean yet' },
    });

    await finishFinal(left.body);
    expect(await checkIn(traced, next.id)).toMatchObject({ status: 200, body: { status: 'checked_in' } });
  });

  it('that ends early moves the final clean to that day, and its nights can be booked again', async () => {
    const { booking } = await book(traced, stayOf(2, -1, 3));
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('102', booking)).toEqual([-1, 0, 1, 2, 3].map((n) => [dayFromNow(n), n === 3 ? 1 : 0]));
    await checkIn(traced, booking.id);
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
    await checkIn(traced, booking.id);
    expect((await checkOut(booking.id)).body).toMatchObject({ start: dayFromNow(2), end: dayFromNow(2) });
    await waitUntilPlanned(traced, booking.id);
    expect(await planOf('103', { start: dayFromNow(-1), end: dayFromNow(4) })).toEqual([[dayFromNow(0), 1]]);
    await book(traced, stayOf(3, 2, 4));
  });

  it('that is overdue keeps the room until its guest leaves, and its final clean is on the list of that day', async () => {
    const { booking } = await book(traced, stayOf(5, -5, -2));
    await checkIn(traced, booking.id);
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
    expect((await checkIn(traced, next.id)).status).toBe(200);
    await checkOut(next.id);
  });

  it('follows its order: no change after check-in, no check-out before it, nothing twice', async () => {
    const { booking } = await book(traced, stayOf(4, 0, 2));
    const of = (method: string, path = '') => ask<Problem>(traced, method, `/api/v1/bookings/${booking.id}${path}`);
    expect(await of('POST', '/check-out')).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:guest_not_here' },
    });
    expect((await checkIn(traced, booking.id)).status).toBe(200);
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
    expect(await readBooking(traced, booking.id)).toMatchObject({ status: 'checked_out', revision: 3 });
  });

  it('of a cancelled or missing booking cannot begin', async () => {
    const { booking } = await book(traced, stayOf(5, 0, 2));
    await ask(traced, 'DELETE', `/api/v1/bookings/${booking.id}`);
    const before = toCleaning.seen.length;
    expect((await checkIn(traced, booking.id)).status).toBe(409);
    expect((await checkIn(traced, 999_999)).status).toBe(404);
    expect((await checkOut(999_999)).status).toBe(404);
    expect(toCleaning.seen.length).toBe(before);
  });
});

describe('concurrent check-ins', () => {
  it('of one booking succeed once', async () => {
    const { booking } = await book(traced, stayOf(6, 0, 1));
    const answers = await Promise.all(Array.from({ length: 5 }, () => checkIn(traced, booking.id)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await readBooking(traced, booking.id)).toMatchObject({ status: 'checked_in', revision: 2 });
  });

  it('of two bookings of one room succeed once', async () => {
    const { booking: first } = await book(traced, stayOf(7, 0, 1));
    const { booking: second } = await book(traced, stayOf(7, 1, 2));
    const answers = await Promise.all([checkIn(traced, first.id), checkIn(traced, second.id)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(
      [(await readBooking(traced, first.id)).status, (await readBooking(traced, second.id)).status].sort(),
    ).toEqual(['booked', 'checked_in']);
  });
});

describe('while the worker is away', () => {
  it('a room whose guest has come and gone is not given out, although cleaning knows of neither', async () => {
    const { booking } = await book(traced, stayOf(8, 0, 1));
    const { booking: next } = await book(traced, stayOf(8, 1, 2));
    await waitUntilPlanned(traced, booking.id);
    await traced.system.processes.get('cleaning-worker')?.stop();
    await checkIn(traced, booking.id);
    const left = await checkOut(booking.id);
    const state = await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/8/state`);
    expect(await state.json()).toEqual({ room_id: 8, state: 'clean' });
    expect(await checkIn<Problem>(traced, next.id)).toMatchObject({
      status: 409,
      body: { type: 'urn:hotel:problem:room_not_clean', detail: expect.stringContaining('has not confirmed') },
    });
    await traced.system.restart('cleaning-worker');
    await waitUntilPlanned(traced, booking.id);
    await finishFinal(left.body);
    expect((await checkIn(traced, next.id)).status).toBe(200);
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
    expect(await readBooking(traced, booking.id)).toMatchObject({ cleaning: 'pending', revision: 2 });
    await traced.system.restart('cleaning-worker');
    expect(await waitUntilPlanned(traced, booking.id)).toMatchObject({ revision: 2 });
  });
});

async function planOf(
  room: string,
  { start, end }: Pick<Booking, 'start' | 'end'>,
): Promise<Array<[day: string, final: number]>> {
  const all = (await days(traced, start, end)) as Array<{ day: string; room: string; final: number }>;
  return all.filter((one) => one.room === room).map(({ day, final }) => [day, final]);
}
