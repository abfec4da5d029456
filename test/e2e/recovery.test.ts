import { matchTrace, type Span, type TracedSystem, waitForTrace } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { checks, redisMissed } from './harness/checks.ts';
import { book, insistOnTrace, ofKind, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import { everyReplica, readiness } from './harness/readiness.ts';

let traced: TracedSystem;
borrowHotel((hotel) => {
  ({ traced } = hotel);
});

const redis = () => {
  if (!traced.system.redis) throw new Error('the hotel has no Redis of its own');
  return traced.system.redis;
};

describe('while Redis is away', () => {
  it('bookings are accepted and wait in the outbox, the worker reports the problem, and all catch up, each in one trace', async () => {
    await redis().kill('SIGKILL');
    await everyReplica(
      () => readiness(traced, 'WORKER_INTERNAL_PORT'),
      ({ status }) => status === 503,
    );
    await redisMissed(traced);
    const worker = await readiness(traced, 'WORKER_INTERNAL_PORT');
    expect(worker.body.checks.redis).toMatchObject({ ok: false, detail: expect.stringContaining('Redis') });
    expect((await readiness(traced, 'DISPO_INTERNAL_PORT')).status).toBe(200);

    const made = [];
    for (let i = 1; i <= 3; i++) made.push(await book(traced, { room_id: i, start: '2095-03-04', end: '2095-03-06' }));
    await redis().start();
    for (const { booking, traceId } of made) {
      await waitUntilPlanned(traced, booking.id);
      await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
    }
  });

  it(checks.crashKeepsTrace.name, () => checks.crashKeepsTrace.run(traced));
});

describe('when Redis has lost everything', () => {
  it('an unprocessed job is published again, in the same trace', async () => {
    await traced.system.processes.get('cleaning-worker')?.stop();
    const { booking, traceId } = await book(traced, { room_id: 1, start: '2095-04-04', end: '2095-04-06' });
    await traced.sink.waitFor((spans) => spans.some((span) => span.traceId === traceId && span.kind === 'PRODUCER'), {
      what: 'the event to be published',
    });
    await redis().kill('SIGKILL');
    await redis().start({ empty: true });
    await traced.system.restart('cleaning-worker');
    await waitUntilPlanned(traced, booking.id);

    /** Without the lost send it is the trace of any booking. */
    const mismatches = (all: Span[]) => {
      const [lost] = ofKind(all, 'PRODUCER');
      const others = all.filter(({ spanId, parentSpanId }) => ![spanId, parentSpanId].includes(lost?.spanId));
      return matchTrace(others, hotel.expectedTraces.booking);
    };
    const spans = await waitForTrace(traced.sink, traceId, {
      until: (all) => mismatches(all).length === 0,
      settleMs: 500,
    });
    const sends = ofKind(spans, 'PRODUCER');
    expect(sends.map(({ attributes }) => attributes['hotel.outbox.attempt'])).toEqual([undefined, 2]);
    const consumer = spans.find(({ kind }) => kind === 'CONSUMER');
    expect(consumer?.parentSpanId).toBe(sends[1]?.spanId);
    expect(mismatches(spans)).toEqual([]);
  });
});
