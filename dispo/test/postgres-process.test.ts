import { execute, type OwnServer, startServer } from '@hotel/postgres/test';
import { freePorts } from '@hotel/system';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { attributesOf, type Collector, startCollector } from './collector.ts';
import { type Service, startDispo } from './service.ts';

interface Replica {
  dispo: Service;
  api: string;
  internal: string;
}

let collector: Collector;
let server: OwnServer;
let url: string;
let redis: string;
const replicas: Replica[] = [];
beforeAll(async () => {
  collector = await startCollector();
  server = await startServer();
  await execute(server.url('postgres'), 'CREATE DATABASE hotel');
  url = server.url('hotel');
  [redis = ''] = (await freePorts(1)).map(String);
  await Promise.all([1, 2, 3].map(startReplica));
});
afterAll(async () => {
  for (const { dispo } of replicas) {
    dispo.child.kill('SIGTERM');
    expect(await dispo.ended).toBe(0);
  }
  await server[Symbol.asyncDispose]();
  await collector[Symbol.asyncDispose]();
});

async function startReplica(): Promise<void> {
  const [port = '', internalPort = ''] = (await freePorts(2)).map(String);
  const dispo = startDispo({
    DISPO_DATABASE_URL: url,
    DISPO_PORT: port,
    DISPO_INTERNAL_PORT: internalPort,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
    HOTEL_TRACE_EDGE: 'continue',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  await dispo.ready;
  replicas.push({ dispo, api: `http://127.0.0.1:${port}/api/v1`, internal: `http://127.0.0.1:${internalPort}` });
}

const nights = { start: '2027-02-04', end: '2027-02-06' };
const stay = { room_id: 1, ...nights };
const replica = (i: number) => replicas[i % replicas.length] as Replica;
const book = (i: number, body: object = stay) =>
  fetch(`${replica(i).api}/bookings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
/** For all open connections, too, which take a while to notice. */
async function setReadOnly(value: 'on' | 'off'): Promise<void> {
  await execute(`${server.url('postgres')}?options=-c%20default_transaction_read_only=off`, [
    `ALTER SYSTEM SET default_transaction_read_only = ${value}`,
    'SELECT pg_reload_conf()',
  ]);
}
const isReady = async (i: number) => (await fetch(`${replica(i).internal}/readyz`)).status === 200;

describe('three processes on one PostgreSQL', () => {
  it('accept one of 30 concurrent bookings of the same nights', async () => {
    // As many as they have connections together.
    const statuses = await Promise.all(Array.from({ length: 30 }, async (_, i) => (await book(i)).status));
    expect(statuses.sort()).toEqual([201, ...Array(29).fill(409)]);
  });

  it('trace a booking as with SQLite, without values', async () => {
    const response = await book(1, { ...stay, room_id: 2 });
    expect(response.status).toBe(201);
    const traceId = response.headers.get('traceresponse')?.split('-')[1];
    const spans = await vi.waitFor(
      () => {
        const found = collector.spans.filter((span) => span.traceId === traceId);
        // The parts of a trace may arrive in several requests.
        expect(found.some(({ kind }) => kind === 2)).toBe(true);
        expect(found.some(({ name }) => name === 'COMMIT')).toBe(true);
        return found;
      },
      { timeout: 20_000 },
    );
    const server = spans.find(({ kind }) => kind === 2);
    // A wait for a connection is there only if there was one.
    const statements = spans.filter((span) => span !== server && span.name !== 'wait for connection');
    expect(statements.map(({ name }) => name)).toEqual([
      'SELECT rooms bookings',
      'SELECT bookings',
      'INSERT bookings',
      'INSERT outbox',
      'COMMIT',
    ]);
    expect(new Set(statements.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([server?.spanId]));
    for (const span of statements) {
      expect(attributesOf(span)).toMatchObject({ 'db.system.name': 'postgresql', 'db.namespace': 'hotel' });
    }
    expect(attributesOf(statements[2] as (typeof statements)[0])['db.query.text']).toMatch(
      /insert into "bookings" .*\$1/,
    );
    expect(collector.text()).not.toMatch(/2027-02-0[46]/);
  });

  it('respond 503 with Retry-After while the server is read-only like a standby, still read, and recover', async () => {
    // A connection reads the server's settings again at some time after the reload: until then, it still writes.
    let year = 2030;
    const bookAnother = (i: number) => book(i, { room_id: 4, start: `${year}-02-04`, end: `${year++}-02-06` });
    await setReadOnly('on');
    for (let i = 0; i < 3; i++) {
      let response = await bookAnother(i);
      while (response.status === 201) response = await bookAnother(i);
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({ type: 'urn:hotel:problem:database_unreachable' });
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect((await fetch(`${replica(i).api}/rooms`)).status).toBe(200);
      await expect.poll(() => isReady(i)).toBe(false);
    }
    await setReadOnly('off');
    for (let i = 0; i < 3; i++) {
      await expect.poll(() => isReady(i)).toBe(true);
      await expect.poll(async () => (await book(i, { room_id: i + 5, ...nights })).status).toBe(201);
    }
  });

  it('respond 503 with Retry-After while the server is away, are not ready, and recover', async () => {
    await server.kill('SIGKILL');
    for (let i = 0; i < 3; i++) {
      const response = await book(i, { ...stay, room_id: 3 });
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await isReady(i)).toBe(false);
    }
    await server.start();
    for (let i = 0; i < 3; i++) await expect.poll(() => isReady(i)).toBe(true);
    expect((await book(0, { ...stay, room_id: 3 })).status).toBe(201);
  });
});

it('a process with a wrong password reports it without the password, and exits with 1 before it listens', async () => {
  const wrong = new URL(url);
  wrong.password = 'not-this-one';
  const [port = '', internalPort = ''] = (await freePorts(2)).map(String);
  const dispo = startDispo({ DISPO_DATABASE_URL: wrong.href, DISPO_PORT: port, DISPO_INTERNAL_PORT: internalPort });
  expect(await dispo.ended).toBe(1);
  expect(dispo.output()).toMatch(
    /could not start: the database .*\/hotel of DISPO_DATABASE_URL cannot be used: password authentication failed/,
  );
  expect(dispo.output()).not.toContain('not-this-one');
});
