import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type BookingEvent, DEAD_LETTER_QUEUE, type DeadLetter, deadLetterSchema } from '@hotel/contracts';
import { PYTHON } from '@hotel/system';
import { httpJson, insistOnTrace, type SpanShape, startTraced, type TracedSystem } from '@hotel/trace-test';
import { Queue } from 'bullmq';
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
  const { stderr } = await promisify(execFile)(join(ROOT, PYTHON), [join(import.meta.dirname, 'test_worker.py')]);
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
      attributes: { 'error.type': 'ConnectionRefusedError' },
    };
    const shapes = attempts.slice(1).map(
      (_, index): SpanShape => ({
        service: 'cleaning-python',
        kind: 'CONSUMER',
        name: 'process cleaning',
        status: 'ERROR',
        events: ['message.received', 'exception'],
        attributes: { 'error.type': 'ConnectionRefusedError', 'hotel.job.attempt': index + 1 },
        children: [error],
      }),
    );
    await insistOnTrace(traced, traceId, bookingTrace([...shapes, processed(attempts.length)]));
  });
});

describe.skipIf(missing)('a worker in Python and its queue', () => {
  const worker = 'cleaning-python';
  let traced: TracedSystem;
  let jobs: Queue;
  let dead: Queue<DeadLetter>;
  beforeAll(async () => {
    traced = await startTraced(system, { env: { HOTEL_JOB_BACKOFF_MS: '5', HOTEL_OUTBOX_SWEEP_MS: '500' } });
    const options = { connection: { host: '127.0.0.1', port: server().port }, prefix: 'hotel' };
    jobs = new Queue('cleaning', options).on('error', () => {});
    dead = new Queue(DEAD_LETTER_QUEUE, options).on('error', () => {});
  });
  afterAll(async () => {
    await jobs?.close();
    await dead?.close();
    await traced?.stop();
  });

  const server = () => traced.system.redis as NonNullable<TracedSystem['system']['redis']>;
  const api = () => `${traced.url('DISPO_PORT')}/api/v1/bookings`;
  const book = (room_id: number) =>
    httpJson<Booking>(api(), { method: 'POST', body: { room_id, start: '2027-02-04', end: '2027-02-06' } });
  const isNow = (id: number, cleaning: string) =>
    expect.poll(async () => (await httpJson<Booking>(`${api()}/${id}`)).body.cleaning).toBe(cleaning);
  const stopWorker = () => traced.system.processes.get(worker)?.stop();

  it('writes dead letters like the worker in TypeScript, and processes them when they are redriven', async () => {
    await traced.system.processes.get('cleaning')?.stop();
    const { body, traceId = '' } = await book(1);
    await isNow(body.id, 'failed');
    const [job] = await dead.getJobs();
    const letter = deadLetterSchema.parse(job?.data);
    expect(letter).toMatchObject({
      reason: 'attempts_used_up',
      attempts: 8,
      error: expect.stringContaining('refused'),
    });
    expect(letter.traceparent?.split('-')[1]).toBe(traceId);
    expect(job).toMatchObject({ id: (letter.message as BookingEvent).id, name: 'booking.created' });
    await expect.poll(() => jobs.getJobCounts('failed', 'delayed', 'wait')).toEqual({ failed: 0, delayed: 0, wait: 0 });

    await traced.system.restart('cleaning');
    const command = join(ROOT, 'dev/src/dead.ts');
    await promisify(execFile)(process.execPath, [command, 'redrive', '--all'], { env: { REDIS_URL: server().url } });
    await isNow(body.id, 'planned');
    await expect.poll(() => dead.getJobs()).toEqual([]);
    const attempts = () => traced.sink.trace(traceId).filter(({ kind }) => kind === 'CONSUMER');
    await expect.poll(() => attempts().length).toBe(9);
    const [last, before] = attempts().sort((a, b) => Number(b.startNs - a.startNs));
    expect(before?.events.map(({ name }) => name)).toEqual(['message.received', 'message.dead_lettered', 'exception']);
    expect(last?.links).toContainEqual(
      expect.objectContaining({ spanId: before?.spanId, attributes: { 'hotel.link.reason': 'redrive' } }),
    );
  });

  it('moves what is not an event to the dead letters after one attempt, each with its reason', async () => {
    expect(await stopWorker()).toMatchObject({ code: 0, forced: false });
    const messages = {
      unknown_type: { specversion: '1.0', type: 'booking.painted' },
      newer_version: { specversion: '2.0' },
      not_valid: 'text',
      too_large: 'x'.repeat(70_000),
      not_json: 'replaced below',
    };
    for (const [jobId, data] of Object.entries(messages)) await jobs.add('strange', data, { jobId, attempts: 8 });
    // Redis's inline form of a command.
    const socket = connect(server().port, '127.0.0.1');
    socket.end(`HSET ${jobs.toKey('not_json')} data {broken\r\n`);
    await once(socket.resume(), 'close');
    await traced.system.restart(worker);
    const letters = async () =>
      (await dead.getJobs()).map(({ id, data }) => [id, deadLetterSchema.parse(data).reason, data.attempts]).sort();
    await expect.poll(letters).toEqual([
      ['newer_version', 'newer_version', 1],
      ['not_json', 'not_valid', 1],
      ['not_valid', 'not_valid', 1],
      ['too_large', 'too_large', 1],
      ['unknown_type', 'unknown_type', 1],
    ]);
    await expect.poll(() => jobs.getFailedCount()).toBe(0);
  });

  it('waits for a Redis that is away at its start and later, and ends with 0 without it', async () => {
    await stopWorker();
    await server().stop();
    const restarted = traced.system.restart(worker);
    await expect.poll(() => traced.lines().some(({ text }) => text.includes('the queue cannot be read'))).toBe(true);
    await server().start();
    await restarted;
    const first = await book(2);
    await isNow(first.body.id, 'planned');
    await server().stop();
    const second = await book(3);
    await server().start();
    await isNow(second.body.id, 'planned');
    await server().stop();
    expect(await stopWorker()).toMatchObject({ code: 0, forced: false });
    await server().start();
  });

  it('ends with 0 while a service that an attempt has called does not answer', async () => {
    await traced.system.restart(worker);
    traced.system.processes.get('cleaning')?.kill('SIGSTOP');
    const { traceId = '' } = await book(4);
    await expect.poll(() => jobs.getActiveCount()).toBe(1);
    expect(await stopWorker()).toMatchObject({ code: 0, forced: false });
    traced.system.processes.get('cleaning')?.kill('SIGCONT');
    await expect.poll(() => traced.sink.trace(traceId).some(({ kind }) => kind === 'CONSUMER')).toBe(true);
  });
});

// In this file, so that two processes never install the packages at the same time.
describe.skipIf(missing)('the README', () => testPage(join(import.meta.dirname, '../README.md'), system, []));
