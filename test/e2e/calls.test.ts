import { eventRetry } from '@hotel/contracts';
import { httpJson, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { bookingTrace } from 'dev/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Booking, book, days, insistOnLine, insistOnTrace, ofKind, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import type { ServiceProxy } from './harness/proxy.ts';
import { processesOf } from './harness/replicas.ts';
import { checkIn, type Problem, readBooking, stayOf } from './harness/stays.ts';

let traced: TracedSystem;
let toDispo: ServiceProxy;
let toCleaning: ServiceProxy;
borrowHotel((hotel) => {
  ({ traced, toDispo, toCleaning } = hotel);
});
afterAll(() => toCleaning.listen());

it('a job that fails twice and then succeeds is one trace with a span for each attempt', async () => {
  toDispo.failNext(2);
  const { booking, traceId } = await book(traced, { room_id: 1, start: '2094-02-04', end: '2094-02-06' });
  await waitUntilPlanned(traced, booking.id);
  const spans = await waitForTrace(traced.sink, traceId, {
    until: (all) => ofKind(all, 'CONSUMER').length === 3 && ofKind(all, 'PRODUCER').length > 0,
    settleMs: 500,
  });
  const [send] = ofKind(spans, 'PRODUCER');
  const attempts = ofKind(spans, 'CONSUMER');

  expect(attempts.map(({ attributes }) => attributes['hotel.job.attempt'])).toEqual([1, 2, 3]);
  expect(attempts.map(({ status }) => status.code)).toEqual(['ERROR', 'ERROR', 'UNSET']);
  expect(attempts.map(({ parentSpanId }) => parentSpanId)).toEqual([send?.spanId, send?.spanId, send?.spanId]);
  for (const { links } of attempts) expect(links).toMatchObject([{ traceId, spanId: send?.spanId }]);
  for (const failed of attempts.slice(0, 2)) {
    expect(failed.attributes['error.type']).toBeTypeOf('string');
    expect(failed.events.map(({ name }) => name)).toContain('exception');
  }
  for (const { attributes } of attempts) expect(attributes['hotel.queue.wait_ms']).toBeTypeOf('number');
  // The first attempt committed the effect: later ones only confirm it.
  expect(attempts.map(({ attributes }) => attributes['hotel.duplicate'])).toEqual([undefined, true, true]);
  expect(await days(traced, '2094-02-06', '2094-02-06')).toEqual([{ day: '2094-02-06', room: '101', final: 1 }]);
});

it('a callback that fails is a CLIENT span with the status as its error', async () => {
  toDispo.failNext(1);
  const { booking, traceId } = await book(traced, { room_id: 2, start: '2094-02-04', end: '2094-02-06' });
  await waitUntilPlanned(traced, booking.id);
  const spans = await waitForTrace(traced.sink, traceId, {
    until: (all) => all.filter(({ name, service }) => name === 'PUT' && service === 'cleaning-worker').length === 2,
    settleMs: 500,
  });
  const calls = ofKind(spans, 'CLIENT').filter(({ name }) => name === 'PUT');
  expect(calls.map(({ status, attributes }) => [status.code, attributes['error.type']])).toEqual([
    ['ERROR', '500'],
    ['UNSET', undefined],
  ]);
});

it('a booking is planned after dispo was unavailable for all attempts of its job, in the same trace', async () => {
  toDispo.failNext(eventRetry.attempts, 503);
  const { booking, traceId } = await book(traced, { room_id: 3, start: '2094-02-04', end: '2094-02-06' });
  await waitUntilPlanned(traced, booking.id);
  const spans = await waitForTrace(traced.sink, traceId, {
    until: (all) => ofKind(all, 'CONSUMER').length > eventRetry.attempts && ofKind(all, 'PRODUCER').length > 1,
    settleMs: 500,
  });
  const sends = ofKind(spans, 'PRODUCER');
  expect(sends.map(({ attributes }) => attributes['hotel.outbox.attempt'])).toEqual([undefined, 2]);
  expect(ofKind(spans, 'CONSUMER').map(({ status }) => status.code)).toEqual([
    ...new Array<string>(eventRetry.attempts).fill('ERROR'),
    'UNSET',
  ]);
  expect((await httpJson(`${traced.url('DISPO_PORT')}/api/v1/bookings/${booking.id}`)).body).toMatchObject({
    cleaning: 'planned',
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
    const { status, headers, body, traceId } = await checkIn<Problem>(traced, booking.id);
    expect({ status, body }).toMatchObject({ status: 503, body: { type: 'urn:hotel:problem:cleaning_unavailable' } });
    expect(headers.get('retry-after')).toBe('2');
    expect(body.trace_id).toBe(traceId);
    expect(body.detail).not.toMatch(/127\.0\.0\.1|http/);
    expect(await readBooking(traced, booking.id)).toMatchObject({ status: 'booked', cleaning: 'planned', revision: 1 });
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
    toCleaning.failNext(1);
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, {
      ...server,
      children: [{ ...failedCall, attributes: { 'http.response.status_code': 500, 'error.type': '500' } }],
    });
  });

  it('gets 503 when cleaning times out', async () => {
    toCleaning.holdNext(1);
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, { ...server, children: [{ ...failedCall, events: ['exception'] }] });
  });

  it('opens a circuit after repeated failures, and tries cleaning again after a pause', async () => {
    // Each process has its own circuit.
    const [, ...others] = processesOf(traced, 'dispo');
    for (const other of others) await other.stop();
    toCleaning.failNext(100);
    const before = toCleaning.seen.length;
    const traces = [];
    for (let i = 0; i < 8; i++) traces.push(await insistOnRefusal());
    const asked = toCleaning.seen.length - before;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(5);
    // Calls that were not made are not in the trace.
    await insistOnTrace(traced, traces.at(-1) ?? '', server);
    await insistOnLine(traced, 'dispo', /times in a row: requests to it pause/);

    toCleaning.failNext(0);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect((await checkIn(traced, booking.id)).status).toBe(200);
    await insistOnLine(traced, 'dispo', /cleaning answers again/);
    for (const { name } of others) await traced.system.restart(name);
    ({ booking } = await book(traced, stayOf(9, 6, 7)));
    await waitUntilPlanned(traced, booking.id);
  });

  it('gets 503 when cleaning refuses connections', async () => {
    await toCleaning.refuse();
    const traceId = await insistOnRefusal();
    await insistOnTrace(traced, traceId, {
      ...server,
      children: [{ ...failedCall, attributes: { 'error.type': 'ECONNREFUSED' } }],
    });
  });
});
