import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON } from '@hotel/system';
import { httpJson, insistOnTrace, type SpanShape, startTraced, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPage } from '../../test/test-page.ts';
import { bookingTrace, processed, system } from '../system.ts';

const ROOT = join(import.meta.dirname, '../../..');
const missing = await system.prepare({ root: ROOT }).catch((error: Error) => error.message);
if (missing) console.warn(`SKIPPED: the worker in Python: ${missing}`);

interface Booking {
  id: number;
  cleaning: string;
}

it.skipIf(missing)('the worker in Python parses the fixtures of the contract', async () => {
  const { stderr } = await promisify(execFile)(join(ROOT, PYTHON), [join(import.meta.dirname, 'test_envelope.py')]);
  expect(stderr).toMatch(/^OK$/m);
});

describe.skipIf(missing)('a worker in Python on the queue of dispo', () => {
  let traced: TracedSystem;
  beforeAll(async () => {
    traced = await startTraced(system);
  });
  afterAll(() => traced?.stop());

  const book = (body: object, headers: Record<string, string> = {}) =>
    httpJson<Booking>(`${traced.url('DISPO_PORT')}/api/v1/bookings`, { method: 'POST', body, headers });
  const planned = async (id: number) =>
    expect
      .poll(async () => (await httpJson<Booking>(`${traced.url('DISPO_PORT')}/api/v1/bookings/${id}`)).body.cleaning)
      .toBe('planned');

  it('continues trace, flags, tracestate and baggage, and confirms the event', async () => {
    const caller = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    const { status, body } = await book(
      { room_id: 1, start: '2027-02-04', end: '2027-02-06' },
      {
        traceparent: `00-${caller.traceId}-${caller.spanId}-03`,
        tracestate: 'vendor=1',
        baggage: 'channel=web,name=Ada',
      },
    );
    expect(status).toBe(201);
    const spans = await insistOnTrace(traced, caller.traceId, system.expectedTraces.booking, { remoteParent: caller });
    expect(new Set(spans.map(({ traceState }) => traceState))).toEqual(new Set(['vendor=1']));
    // The exporter of Python leaves the flags out of its own spans; the services that it calls receive them.
    const servers = spans.filter(({ kind }) => kind === 'SERVER');
    const sampledAndRandom = 0x03;
    expect(servers.map(({ flags = 0 }) => flags & 0xff)).toEqual(Array(3).fill(sampledAndRandom));
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(['dispo', 'cleaning', 'cleaning-python']));
    const channels = spans.map(({ attributes }) => attributes['hotel.baggage.channel']).filter(Boolean);
    // The request, the attempt, and the two calls of the worker.
    expect(channels).toEqual(['web', 'web', 'web', 'web']);
    const consumer = spans.find(({ kind }) => kind === 'CONSUMER');
    expect(consumer?.links.map(({ spanId }) => spanId)).toEqual([consumer?.parentSpanId]);
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('Ada');
    await planned(body.id);
    expect((await httpJson(`${traced.url('PYTHON_WORKER_PORT')}/stays`)).body).toMatchObject([
      { booking_id: body.id, revision: 1, room: '101', start: '2027-02-04', end: '2027-02-06', state: 'created' },
    ]);
  });

  it('retries while a service is down, each attempt with a span and its error', async () => {
    await traced.system.processes.get('cleaning')?.stop();
    const { body, traceId = '' } = await book({ room_id: 2, start: '2027-02-04', end: '2027-02-06' });
    const failed = () => traced.sink.trace(traceId).filter((span) => span.kind === 'CONSUMER');
    await expect.poll(() => failed().length).toBeGreaterThan(0);
    await traced.system.restart('cleaning');
    await planned(body.id);
    await expect.poll(() => failed().at(-1)?.status.code).toBe('UNSET');
    const attempts = failed().toSorted((a, b) => Number(a.startNs - b.startNs));
    const error: SpanShape = {
      service: 'cleaning-python',
      kind: 'CLIENT',
      name: 'GET',
      status: 'ERROR',
      events: ['exception'],
      attributes: { 'error.type': 'URLError' },
    };
    const shapes = attempts.slice(1).map(
      (_, index): SpanShape => ({
        service: 'cleaning-python',
        kind: 'CONSUMER',
        name: 'process cleaning',
        status: 'ERROR',
        events: ['message.received', 'exception'],
        attributes: { 'error.type': 'URLError', 'hotel.job.attempt': index + 1 },
        children: [error],
      }),
    );
    await insistOnTrace(traced, traceId, bookingTrace([...shapes, processed(attempts.length)]));
  });
});

// In this file, so that two processes never install the packages at the same time.
describe.skipIf(missing)('the README', () => testPage(join(import.meta.dirname, '../README.md'), system, []));
