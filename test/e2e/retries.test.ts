import { eventRetry } from '@hotel/contracts';
import { freePorts } from '@hotel/system';
import { httpJson, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { book, days, ofKind, startHotel, waitUntilPlanned } from './hotel.ts';
import { type ServiceProxy, startProxy } from './proxy.ts';

let traced: TracedSystem;
let proxy: ServiceProxy;
beforeAll(async () => {
  const [port] = await freePorts(1);
  proxy = await startProxy(`http://127.0.0.1:${port}`);
  traced = await startHotel({
    env: {
      DISPO_INTERNAL_PORT: String(port),
      DISPO_INTERNAL_URL: proxy.url,
      HOTEL_JOB_BACKOFF_MS: '10',
      HOTEL_OUTBOX_SWEEP_MS: '200',
    },
  });
});
afterAll(async () => {
  await traced?.stop();
  await proxy?.[Symbol.asyncDispose]();
});

it('a job that fails twice and then succeeds is one trace with a span for each attempt', async () => {
  proxy.failNext(2);
  const { booking, traceId } = await book(traced, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
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
  expect(await days(traced, '2027-02-06', '2027-02-06')).toEqual([{ day: '2027-02-06', room: '101', final: 1 }]);
});

it('a callback that fails is a CLIENT span with the status as its error', async () => {
  proxy.failNext(1);
  const { booking, traceId } = await book(traced, { room_id: 2, start: '2027-02-04', end: '2027-02-06' });
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
  proxy.failNext(eventRetry.attempts, 503);
  const { booking, traceId } = await book(traced, { room_id: 3, start: '2027-02-04', end: '2027-02-06' });
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
