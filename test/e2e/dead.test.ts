import { httpJson, insistOnTrace, type Span, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { Queue } from 'bullmq';
import { bookingTrace } from 'dev/system';
import { runDead } from 'dev/test/dead';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, it } from 'vitest';
import { ask, book, insistOnLine, ofKind, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import type { ServiceProxy } from './harness/proxy.ts';

const ATTEMPTS = 8;

let traced: TracedSystem;
let toDispo: ServiceProxy;
borrowHotel((hotel) => {
  ({ traced, toDispo } = hotel);
});
afterEach(async () => {
  for (const id of await idsOf()) await dead('drop', id, '--yes');
});

/** `pnpm dead ...` */
const dead = (...args: string[]) =>
  runDead(args, {
    REDIS_URL: traced.system.redis?.url,
    DISPO_INTERNAL_URL: traced.url('DISPO_INTERNAL_PORT'),
  });

const cleaningOf = async (id: number) => (await ask(traced, 'GET', `/api/v1/bookings/${id}`)).body.cleaning;
const becomes = (id: number, cleaning: string) => expect.poll(() => cleaningOf(id)).toBe(cleaning);
/** Reads Redis directly, since starting `dead list` for each poll takes seconds on a busy machine. */
const idsOf = () =>
  withQueue('cleaning-dead', async (queue) => (await queue.getJobs(['waiting'])).map(({ id = '' }) => id));
const consumers = (spans: Span[]) => ofKind(spans, 'CONSUMER');
const producers = (spans: Span[]) => ofKind(spans, 'PRODUCER');

/** Opens a queue of the hotel while `use` runs. */
async function withQueue<T>(name: string, use: (queue: Queue) => Promise<T>): Promise<T> {
  const connection = new Redis(traced.system.redis?.url ?? '', { maxRetriesPerRequest: null });
  const queue = new Queue(name, { connection, prefix: 'hotel', skipMetasUpdate: true });
  try {
    return await use(queue);
  } finally {
    await queue.close();
    connection.disconnect();
  }
}

/** Each booking gets its own month, since all tests share one hotel. */
let months = 0;
function bookNext() {
  const month = String(++months).padStart(2, '0');
  return book(traced, { room_id: 1, start: `2096-${month}-04`, end: `2096-${month}-06` });
}

/** Makes a booking whose event is a dead letter, because every confirmation to dispo failed. */
async function giveUp() {
  toDispo.failNext(ATTEMPTS);
  const made = await bookNext();
  await becomes(made.booking.id, 'failed');
  await expect.poll(async () => (await idsOf()).length).toBe(1);
  // The worker removes the failed job last.
  await expect.poll(() => withQueue('cleaning', (queue) => queue.getFailedCount())).toBe(0);
  return { ...made, eventId: (await idsOf())[0] ?? '' };
}

/** Makes a booking and changes its job before the worker sees it. */
async function tamper(change: object) {
  await traced.system.processes.get('cleaning-worker')?.stop();
  const made = await bookNext();
  return { ...made, eventId: await changeJob(change) };
}

/** Changes the only job that waits for the stopped worker, and starts the worker. */
async function changeJob(change: object): Promise<string> {
  const id = await withQueue('cleaning', async (queue) => {
    await expect.poll(() => queue.getWaitingCount()).toBe(1);
    const [job] = await queue.getJobs(['wait']);
    await job?.updateData({ ...job.data, ...change });
    return job?.id ?? '';
  });
  await traced.system.restart('cleaning-worker');
  return id;
}

describe('an event that has failed every attempt', () => {
  it('waits in the dead letters, and is reported by the trace, readiness, the log and `dead show`', async () => {
    const { booking, traceId, eventId } = await giveUp();
    const spans = await waitForTrace(traced.sink, traceId, {
      until: (all) =>
        all.filter(({ name, service }) => name === 'PUT' && service === 'cleaning-worker').length === ATTEMPTS + 1 &&
        consumers(all).length === ATTEMPTS &&
        producers(all).length > 0,
      settleMs: 1_000,
    });
    const attempts = consumers(spans);
    expect(attempts).toHaveLength(ATTEMPTS);
    const last = attempts.at(-1) as Span;
    expect(last.status.code).toBe('ERROR');
    const deadEvents = attempts.map(({ events }) => events.filter(({ name }) => name === 'message.dead_lettered'));
    expect(deadEvents.map(({ length }) => length)).toEqual([0, 0, 0, 0, 0, 0, 0, 1]);
    expect(deadEvents.at(-1)?.[0]?.attributes).toEqual({ 'hotel.dead_letter.reason': 'attempts_used_up' });
    // The report to dispo is part of the trace, below the last attempt.
    const confirmation = spans.find(
      ({ service, name, status }) => service === 'cleaning-worker' && name === 'PUT' && status.code !== 'ERROR',
    );
    expect(confirmation?.parentSpanId).toBe(last.spanId);
    // A dead letter is not lost, so the outbox does not republish it.
    expect(producers(spans)).toHaveLength(1);

    const ready = (await (await fetch(`${traced.url('WORKER_INTERNAL_PORT')}/readyz`)).json()) as {
      status: string;
      checks: Record<string, unknown>;
    };
    expect(ready.status).toBe('degraded');
    expect(ready.checks.dead_letters).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/^1 in cleaning-dead/),
    });
    await insistOnLine(traced, 'cleaning-worker', new RegExp(`^(?=.*${traceId})(?=.*"warn").*dead letters`));

    const { code, out } = await dead('show', eventId);
    expect(code).toBe(0);
    expect(out).toContain(`booking  booking ${booking.id}`);
    expect(out).toMatch(/why {6}attempts_used_up: every attempt failed/);
    expect(out).toContain(`pnpm@12 trace ${traceId}`);
    expect(out).toContain('8 attempts');
  });

  it('is planned when redriven, even several times at once, by an attempt that links to the failed one', async () => {
    const { booking, traceId, eventId } = await giveUp();
    const answers = await Promise.all([dead('redrive', eventId), dead('redrive', '--all'), dead('redrive', eventId)]);
    expect(answers.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    await waitUntilPlanned(traced, booking.id);
    await expect.poll(idsOf).toEqual([]);
    expect(await dead('redrive', eventId)).toMatchObject({ code: 1, err: expect.stringContaining('no dead letter') });

    for (const source of [traced.sink, traced.query]) {
      const spans = await waitForTrace(source, traceId, {
        until: (all) => consumers(all).length > ATTEMPTS && producers(all).length > 0,
        settleMs: 500,
      });
      const attempts = consumers(spans);
      const [send] = producers(spans);
      const failed = attempts[ATTEMPTS - 1];
      const again = attempts[ATTEMPTS];
      expect(again).toMatchObject({ parentSpanId: send?.spanId, status: { code: 'UNSET' } });
      expect(again?.links).toMatchObject([
        { traceId, spanId: send?.spanId },
        { traceId, spanId: failed?.spanId, attributes: { 'hotel.link.reason': 'redrive' } },
      ]);
    }
    expect(await cleaningOf(booking.id)).toBe('planned');
  });

  it('is failed only for its own revision', async () => {
    const { booking, eventId } = await giveUp();
    const { body } = await ask(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, {
      end: booking.end.replace(/06$/, '05'),
    });
    expect(body).toMatchObject({ revision: 2, cleaning: 'pending' });
    await waitUntilPlanned(traced, booking.id);
    expect((await dead('redrive', eventId)).code).toBe(0);
    await expect.poll(idsOf).toEqual([]);
    expect(await cleaningOf(booking.id)).toBe('planned');
  });

  it('is republished when Redis loses all data', async () => {
    const { booking, traceId } = await giveUp();
    await traced.system.redis?.kill('SIGKILL');
    await traced.system.redis?.start({ empty: true });
    await waitUntilPlanned(traced, booking.id);
    const spans = await waitForTrace(traced.sink, traceId, {
      until: (all) => consumers(all).length > ATTEMPTS && producers(all).length > 1,
    });
    expect(producers(spans).map(({ attributes }) => attributes['hotel.outbox.attempt'])).toEqual([undefined, 2]);
  });
});

describe('an event that the worker cannot read', () => {
  it('because of a newer contract waits for a newer worker, and its booking shows failed', async () => {
    const { booking, eventId, traceId } = await tamper({ dataschema: 'urn:hotel:event:2', data: { guests: 2 } });
    await becomes(booking.id, 'failed');
    const { out } = await dead('show', eventId);
    expect(out).toMatch(/why {6}newer_version: /);
    expect(out).toContain('"guests": 2');
    const [attempt, ...others] = consumers(
      await waitForTrace(traced.sink, traceId, { until: (s) => consumers(s).length > 0 }),
    );
    expect(others).toEqual([]);
    expect(attempt?.events.map(({ name }) => name)).toContain('message.dead_lettered');
  });

  it('can be dropped: it stays failed, even if Redis loses its data', async () => {
    const { booking, eventId } = await tamper({ type: 'booking.praised' });
    await becomes(booking.id, 'failed');
    expect(await dead('drop', eventId)).toMatchObject({ code: 2, err: expect.stringContaining('--yes') });
    expect(await dead('drop', eventId, '--yes')).toEqual({ code: 0, out: `${eventId} was dropped.`, err: '' });
    expect(await dead('list')).toEqual({ code: 0, out: 'There are no dead letters.', err: '' });

    await traced.system.redis?.kill('SIGKILL');
    await traced.system.redis?.start({ empty: true });
    const next = await bookNext();
    await waitUntilPlanned(traced, next.booking.id);
    expect(await cleaningOf(booking.id)).toBe('failed');
  });
});

it('a dropped check-out can be planned again, and the room cleaned, through the API alone', async () => {
  const { booking } = await bookNext();
  const act = (verb: string) => ask(traced, 'POST', `/api/v1/bookings/${booking.id}/${verb}`);
  const roomState = async () =>
    (await fetch(`${traced.url('CLEANING_INTERNAL_PORT')}/internal/v1/rooms/1/state`)).json();
  await waitUntilPlanned(traced, booking.id);
  await act('check-in');
  await waitUntilPlanned(traced, booking.id);
  await traced.system.processes.get('cleaning-worker')?.stop();
  await act('check-out');
  const eventId = await changeJob({ type: 'booking.teleported' });
  await becomes(booking.id, 'failed');
  expect((await dead('drop', eventId, '--yes')).code).toBe(0);
  expect(await roomState()).toMatchObject({ state: 'dirty' });

  const replanned = await act('replan');
  expect(replanned).toMatchObject({ status: 200, body: { status: 'checked_out', cleaning: 'pending', revision: 3 } });
  await insistOnTrace(traced, replanned.traceId ?? '', bookingTrace('POST', '/api/v1/bookings/:id/replan'));
  await waitUntilPlanned(traced, booking.id);
  const { body: tasks } = await httpJson<Array<{ id: number; booking_id: number; final: number }>>(
    `${traced.url('CLEANING_PORT')}/api/v1/tasks`,
  );
  const final = tasks.find((task) => task.booking_id === booking.id && task.final === 1);
  const done = await httpJson(`${traced.url('CLEANING_PORT')}/api/v1/tasks/${final?.id}/done`, { method: 'POST' });
  expect(done.status).toBe(200);
  expect(await roomState()).toMatchObject({ state: 'clean' });
});
