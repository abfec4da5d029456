import type { Span, TracedSystem } from '@hotel/trace-test';
import { bookingTrace, hotel } from 'dev/system';
import { describe, expect, it } from 'vitest';
import { checks, quiet } from './harness/checks.ts';
import { ask, book, days, insistOnFewSpans, insistOnTrace, waitUntilPlanned } from './harness/hotel.ts';
import { borrowHotel } from './harness/lent.ts';
import { lockRoom } from './harness/lock.ts';
import { isOnPostgres } from './harness/replicas.ts';

let traced: TracedSystem;
borrowHotel((hotel) => {
  ({ traced } = hotel);
});

describe('a booking', () => {
  it(checks.oneTrace.name, () => checks.oneTrace.run(traced));

  it('is planned, and the plan is readable', async () => {
    const { booking } = await book(traced, { room_id: 1, start: '2027-02-04', end: '2027-02-06' });
    expect(booking).toMatchObject({ status: 'booked', cleaning: 'pending', revision: 1 });
    await waitUntilPlanned(traced, booking.id);
    expect(await days(traced, '2027-02-03', '2027-02-07')).toEqual([
      { day: '2027-02-04', room: '101', final: 0 },
      { day: '2027-02-05', room: '101', final: 0 },
      { day: '2027-02-06', room: '101', final: 1 },
    ]);
  });

  it('that changes is replanned, in its own trace', async () => {
    const { booking } = await book(traced, { room_id: 4, start: '2027-04-01', end: '2027-04-03' });
    await waitUntilPlanned(traced, booking.id);
    const changed = await ask(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, { end: '2027-04-02' });
    expect(changed).toMatchObject({ status: 200, body: { cleaning: 'pending', revision: 2, end: '2027-04-02' } });
    const spans = await insistOnTrace(traced, changed.traceId ?? '', hotel.expectedTraces.change);
    insistOnFewSpans(spans);
    await waitUntilPlanned(traced, booking.id);
    expect(await days(traced, '2027-04-01', '2027-04-03')).toEqual([
      { day: '2027-04-01', room: '104', final: 0 },
      { day: '2027-04-02', room: '104', final: 1 },
    ]);
  });

  it('that is cancelled leaves the plan, and its row remains', async () => {
    const { booking } = await book(traced, { room_id: 5, start: '2027-05-01', end: '2027-05-03' });
    await waitUntilPlanned(traced, booking.id);
    const cancelled = await ask(traced, 'DELETE', `/api/v1/bookings/${booking.id}`);
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', revision: 2 } });
    const spans = await insistOnTrace(traced, cancelled.traceId ?? '', hotel.expectedTraces.cancellation);
    insistOnFewSpans(spans);
    expect(await waitUntilPlanned(traced, booking.id)).toMatchObject({ status: 'cancelled' });
    expect(await days(traced, '2027-05-01', '2027-05-03')).toEqual([]);
    await book(traced, { room_id: 5, start: '2027-05-01', end: '2027-05-03' });
  });

  it('of taken nights is rejected, and its trace ends in dispo', async () => {
    const stay = { room_id: 6, start: '2027-06-01', end: '2027-06-05' };
    await book(traced, stay);
    const refused = await ask<{ trace_id: string; status: number; detail: string }>(
      traced,
      'POST',
      '/api/v1/bookings',
      {
        ...stay,
        start: '2027-06-04',
        end: '2027-06-06',
      },
    );
    expect(refused.status).toBe(409);
    expect(refused.headers.get('content-type')).toBe('application/problem+json');
    expect(refused.body).toMatchObject({
      status: 409,
      trace_id: refused.traceId,
      detail: expect.stringContaining('106'),
    });
    await insistOnTrace(traced, refused.traceId ?? '', {
      service: 'dispo',
      kind: 'SERVER',
      name: 'POST /api/v1/bookings',
      attributes: { 'http.response.status_code': 409 },
      mayHave: bookingTrace('POST', '/api/v1/bookings').mayHave ?? [],
    });
  });

  it('of the same nights, requested 30 times concurrently, succeeds exactly once', async () => {
    const stay = { room_id: 7, start: '2027-07-01', end: '2027-07-03' };
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(traced, 'POST', '/api/v1/bookings', stay)));
    expect(answers.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
    expect(answers.map(({ status }) => status).filter((status) => status === 409)).toHaveLength(29);
  });

  it('made concurrently with many others is one trace, too', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => book(traced, { room_id: 8, start: day(2 * i), end: day(2 * i + 1) })),
    );
    const traces = await Promise.all(
      made.map(({ traceId }) => insistOnTrace(traced, traceId, hotel.expectedTraces.booking)),
    );
    for (const spans of traces) insistOnFewSpans(spans);
    const commits = traces.map((spans) => spans.filter(isCommitOf('dispo')));
    expect(commits.map(({ length }) => length)).toEqual(made.map(() => 2));
    // On SQLite, several bookings may share a commit, and each trace says how many did. PostgreSQL groups commits where
    // no client can see it.
    const writes = commits.flat().map(({ attributes }) => Number(attributes['hotel.commit.writes'] ?? 1));
    if (isOnPostgres) expect(new Set(writes)).toEqual(new Set([1]));
    else expect(Math.max(...writes)).toBeGreaterThan(1);
  });

  it('that times out on a lock shows it in its trace', async () => {
    const { blocked, release } = await lockRoom(traced, 8);
    const stay = { room_id: 8, start: '2029-01-01', end: '2029-01-02' };
    const refused = await ask(traced, 'POST', '/api/v1/bookings', stay);
    await release();
    expect(refused.status).toBe(503);
    await insistOnTrace(traced, refused.traceId ?? '', {
      service: 'dispo',
      kind: 'SERVER',
      name: 'POST /api/v1/bookings',
      status: 'ERROR',
      children: blocked,
    });
  });
});

describe("a caller's own trace", () => {
  const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };

  it('continues through HTTP, outbox and queue, with its tracestate, baggage and random flag', async () => {
    const { traceId } = await book(
      traced,
      { room_id: 9, start: '2027-09-01', end: '2027-09-02' },
      {
        traceparent: `00-${caller.traceId}-${caller.spanId}-03`,
        tracestate: 'vendor=opaque,other=1',
        baggage: 'channel=web,secret=1',
      },
    );
    expect(traceId).toBe(caller.traceId);
    const spans = await insistOnTrace(traced, traceId, hotel.expectedTraces.booking, { remoteParent: caller });
    expect(new Set(spans.map(({ traceState }) => traceState))).toEqual(new Set(['vendor=opaque,other=1']));
    const withChannel = spans.filter(({ attributes }) => attributes['hotel.baggage.channel'] === 'web');
    expect(withChannel.map(({ kind, service }) => `${kind} ${service}`).sort()).toEqual([
      'CONSUMER cleaning-worker',
      'SERVER dispo',
      'SERVER dispo',
    ]);
    expect(spans.some(({ attributes }) => 'hotel.baggage.secret' in attributes)).toBe(false);
  });

  it.each([
    ['-03', /-03$/],
    ['-01', /-01$/],
    ['-02', /-02$/],
    ['-00', /-00$/],
  ])('with the flags %s gets them back', async (flags, expected) => {
    const { headers } = await ask(traced, 'GET', '/api/v1/rooms', undefined, {
      traceparent: `00-${caller.traceId.replace('0af', '1bf')}-${caller.spanId}${flags}`,
    });
    expect(headers.get('traceresponse')).toMatch(expected);
  });

  it('that is not sampled makes no spans, and the booking is still planned', async () => {
    const traceId = '5af7651916cd43dd8448eb211c80319c';
    const { booking } = await book(
      traced,
      { room_id: 9, start: '2027-09-11', end: '2027-09-12' },
      { traceparent: `00-${traceId}-${caller.spanId}-00` },
    );
    await waitUntilPlanned(traced, booking.id);
    await quiet(traced);
    expect(traced.sink.trace(traceId)).toEqual([]);
  });
});

describe('the log', () => {
  it('has the trace id in every service that handled the booking', async () => {
    const { booking, traceId } = await book(traced, { room_id: 10, start: '2027-10-01', end: '2027-10-02' });
    await waitUntilPlanned(traced, booking.id);
    const lines = () => traced.lines().filter(({ text }) => text.includes(traceId));
    const processes = () => new Set(lines().map(({ process }) => process));
    await expect.poll(processes).toEqual(new Set(['dispo', 'cleaning-worker']));
  });
});

describe('a trace', () => {
  it(checks.noGuestData.name, () => checks.noGuestData.run(traced));

  it('is not made for health, readiness and idling', async () => {
    await quiet(traced);
    const began = BigInt(Date.now()) * 1_000_000n;
    for (const port of ['DISPO_INTERNAL_PORT', 'CLEANING_INTERNAL_PORT', 'WORKER_INTERNAL_PORT']) {
      expect((await fetch(`${traced.url(port)}/readyz`)).status).toBe(200);
      expect((await fetch(`${traced.url(port)}/livez`)).status).toBe(200);
    }
    expect((await ask(traced, 'GET', '/health')).body).toEqual({ status: 'ok' });
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(traced.sink.spans().filter(({ startNs }) => startNs >= began)).toEqual([]);
  });
});

describe('the public port', () => {
  it('does not serve the internal routes', async () => {
    expect((await ask(traced, 'PUT', '/internal/v1/bookings/1/cleaning', {})).status).toBe(404);
    expect((await ask(traced, 'GET', '/readyz')).status).toBe(404);
  });
});

function isCommitOf(process: string) {
  return ({ service, name }: Span) => service === process && name === 'COMMIT';
}

function day(offset: number): string {
  return new Date(Date.UTC(2028, 0, 1 + offset)).toISOString().slice(0, 10);
}
