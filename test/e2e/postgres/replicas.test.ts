import type { Span, TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, insistOnTrace, startHotel, waitUntilPlanned } from '../harness/hotel.ts';
import { everyReplica, readiness } from '../harness/readiness.ts';
import { REPLICAS } from '../harness/replicas.ts';
import type { Problem } from '../harness/stays.ts';

const SERVICES = ['dispo', 'cleaning', 'cleaning-worker'];
const PROBES = ['DISPO_INTERNAL_PORT', 'CLEANING_INTERNAL_PORT', 'WORKER_INTERNAL_PORT'];

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel();
});
afterAll(() => traced?.stop());

const dayAfter = (days: number) => new Date(Date.UTC(2031, 0, 1 + days)).toISOString().slice(0, 10);
const stayOf = (room_id: number, n: number) => ({ room_id, start: dayAfter(n), end: dayAfter(n + 1) });
const instancesOf = (spans: readonly Span[], service: string) =>
  new Set(spans.filter((span) => span.service === service).map(({ resource }) => resource['service.instance.id']));

it('every replica has spans in whole traces, under its own service.instance.id', async () => {
  const all: Span[] = [];
  for (let n = 0; instancesOf(all, 'dispo').size < REPLICAS || instancesOf(all, 'cleaning-worker').size < 2; n += 5) {
    const made = await Promise.all([0, 1, 2, 3, 4].map((i) => book(traced, stayOf(1 + i, n))));
    for (const { traceId } of made) all.push(...(await insistOnTrace(traced, traceId, hotel.expectedTraces.booking)));
  }
  expect(instancesOf(all, 'dispo')).toEqual(new Set(['dispo-1', 'dispo-2', 'dispo-3']));
  const statements = all.filter(({ attributes }) => String(attributes['db.system.name'] ?? 'redis') !== 'redis');
  expect(new Set(statements.map(({ attributes }) => attributes['db.system.name']))).toEqual(new Set(['postgresql']));
  for (const { attributes } of statements) expect(String(attributes['db.query.text'])).not.toMatch(/20\d\d-/);
});

it('a wait for a connection is part of the trace of its request', async () => {
  await traced.system.restart('dispo', { DISPO_DATABASE_POOL_SIZE: '1' });
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(traced, 'GET', '/api/v1/rooms')));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  const ids = new Set(answers.map(({ traceId }) => traceId));
  const waits = (spans: readonly Span[]) =>
    spans.filter(({ name, traceId }) => name === 'wait for connection' && ids.has(traceId));
  const spans = await traced.sink.waitFor(
    (all) =>
      waits(all).length > 0 &&
      all.filter(({ kind, traceId }) => kind === 'SERVER' && ids.has(traceId)).length >= ids.size,
    { what: 'a wait for a connection' },
  );
  for (const { kind, parentSpanId, attributes, startNs, endNs } of waits(spans)) {
    const request = spans.find(({ spanId }) => spanId === parentSpanId);
    expect(request).toMatchObject({ kind: 'SERVER', name: 'GET /api/v1/rooms' });
    expect({ kind, attributes }).toMatchObject({
      kind: 'CLIENT',
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'dispo' },
    });
    expect(startNs >= (request as Span).startNs && endNs <= (request as Span).endNs).toBe(true);
  }
  await traced.system.restart('dispo');
});

it('without PostgreSQL every replica answers 503 with Retry-After and is not ready; afterwards all work as before', async () => {
  const { postgres } = traced.system;
  const { booking: before } = await book(traced, stayOf(6, 0));
  await waitUntilPlanned(traced, before.id);
  await postgres?.kill('SIGKILL');
  await everyReplica(
    () => ask<Problem>(traced, 'POST', '/api/v1/bookings', stayOf(6, 2)),
    ({ status, headers, body }) =>
      status === 503 &&
      Number(headers.get('retry-after')) > 0 &&
      body.type === 'urn:hotel:problem:database_unreachable',
  );
  for (const port of PROBES) {
    await everyReplica(
      () => readiness(traced, port),
      ({ status, body }) => status === 503 && body.checks.database?.ok === false,
    );
  }
  await postgres?.start();
  for (const port of PROBES)
    await everyReplica(
      () => readiness(traced, port),
      ({ status }) => status === 200,
    );
  const { booking, traceId } = await book(traced, stayOf(6, 2));
  await waitUntilPlanned(traced, booking.id);
  await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
  for (const service of SERVICES) expect(traced.system.processes.get(service)?.asked()).toBe(false);
});
