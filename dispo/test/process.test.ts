import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { freePorts } from '@hotel/system';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { attributesOf, type CollectedSpan, type Collector, startCollector } from './collector.ts';
import { type Service, startDispo } from './service.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-dispo-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('an invalid environment', () => {
  it('ends the process with 1 before it listens, and names each variable with its expected value', async () => {
    const dispo = startDispo({
      HOTEL_DATA_DIR: folder,
      DISPO_PORT: '80800',
      CLEANING_INTERNAL_URL: 'cleaning',
      REDIS_URL: 'http://:hush@redis',
      HOTEL_TRACE_EDGE: 'sometimes',
      HOTEL_OUTBOX_SWEEP_MS: '1',
      HOTEL_JOB_BACKOFF_MS: 'soon',
      SEED_ROOMS: 'yes',
    });
    expect(await dispo.ended).toBe(1);
    const lines = dispo.output().trimEnd().split('\n');
    expect(lines[0]).toBe('The environment is invalid:');
    expect(lines.slice(1).sort()).toEqual([
      '  CLEANING_INTERNAL_URL: its value is invalid; it should be a URL like http://127.0.0.1:9080',
      '  DISPO_PORT: "80800" is invalid; it should be a port number from 0 to 65535',
      '  HOTEL_JOB_BACKOFF_MS: "soon" is invalid; it should be a whole number of milliseconds from 1 to 3600000',
      '  HOTEL_OUTBOX_SWEEP_MS: "1" is invalid; it should be a whole number of milliseconds from 50 to 3600000',
      '  HOTEL_TRACE_EDGE: "sometimes" is invalid; it should be one of "continue"|"restart"',
      '  REDIS_URL: its value is invalid; it should be a URL like redis://127.0.0.1:6379',
      '  SEED_ROOMS: "yes" is invalid; it should be one of "0"|"1"',
    ]);
  });
});

describe('dispo without Redis', () => {
  let collector: Collector;
  let dispo: Service;
  let env: Record<string, string>;
  let api: string;
  let internal: string;
  beforeAll(async () => {
    collector = await startCollector();
    const [port, internalPort, redisPort] = (await freePorts(3)).map(String) as [string, string, string];
    env = {
      HOTEL_DATA_DIR: folder,
      DISPO_PORT: port,
      DISPO_INTERNAL_PORT: internalPort,
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      HOTEL_TRACE_EDGE: 'continue',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      OTEL_METRICS_EXPORTER: 'otlp',
    };
    api = `http://127.0.0.1:${port}/api/v1`;
    internal = `http://127.0.0.1:${internalPort}`;
    dispo = startDispo(env);
    await dispo.ready;
  });
  afterAll(async () => {
    dispo.child.kill('SIGKILL');
    await dispo.ended;
    await collector[Symbol.asyncDispose]();
  });

  const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };
  const book = (body: object = stay) =>
    fetch(`${api}/bookings/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const traceIdOf = (response: Response) => response.headers.get('traceresponse')?.split('-')[1] ?? 'none';
  /** Waits for the SERVER span of a trace, and returns all its spans. */
  const traceOf = (traceId: string): Promise<{ server: CollectedSpan; others: CollectedSpan[] }> =>
    vi.waitFor(
      () => {
        const spans = collector.spans.filter((span) => span.traceId === traceId);
        const server = spans.find(({ kind }) => kind === 2);
        if (!server) throw new Error(`there is no SERVER span of ${traceId}`);
        return { server, others: spans.filter((span) => span !== server) };
      },
      { timeout: 60_000, interval: 20 },
    );

  it('is ready, and reports pending events', async () => {
    const response = await fetch(`${internal}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      status: 'degraded',
      checks: {
        database: { ok: true },
        redis: {
          ok: false,
          detail: expect.stringMatching(/^Redis cannot be reached at .* \(nothing listens there\)$/),
        },
        outbox: { ok: true },
      },
    });
  });

  it('accepts a booking, and traces each statement but no guest data', async () => {
    const response = await book();
    expect(response.status).toBe(201);
    const { server, others } = await traceOf(traceIdOf(response));
    expect(server.name).toBe('POST /api/v1/bookings');
    expect(attributesOf(server)).toMatchObject({ 'http.route': '/api/v1/bookings', 'hotel.room.number': '101' });
    expect(others.map(({ name }) => name)).toEqual([
      'SELECT rooms bookings',
      'SELECT bookings',
      'INSERT bookings',
      'INSERT outbox',
      'COMMIT',
    ]);
    expect(new Set(others.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([server.spanId]));
    expect(collector.text()).not.toMatch(/2027-02-0[46]/);
    expect(others.map((span) => attributesOf(span)['db.query.text']).join()).toMatch(/insert into "bookings" .*\?/);
  });

  it('puts the trace id into a problem, and does not mark a conflict as an error', async () => {
    const response = await book();
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ trace_id: traceIdOf(response) });
    const { server, others } = await traceOf(traceIdOf(response));
    expect(server.status.code ?? 0).toBe(0);
    expect(others.map(({ name }) => name)).not.toContain('COMMIT');
  });

  it('records no route for an unknown path, and no query string', async () => {
    const response = await fetch(`${api}/guests?name=miller`);
    expect(response.status).toBe(404);
    const { server } = await traceOf(traceIdOf(response));
    expect(server.name).toBe('GET');
    expect(attributesOf(server)).not.toHaveProperty('http.route');
    expect(collector.text()).not.toContain('miller');
  });

  it('hides the text of an unexpected error from the client, but records it in trace and log', async () => {
    const database = new DatabaseSync(join(folder, 'dispo.sqlite'));
    database.exec('ALTER TABLE rooms RENAME TO chambers');
    const response = await fetch(`${api}/rooms`);
    database.exec('ALTER TABLE chambers RENAME TO rooms');
    database.close();
    expect(response.status).toBe(500);
    const problem = await response.text();
    expect(JSON.parse(problem)).toMatchObject({ type: 'about:blank', status: 500, trace_id: traceIdOf(response) });
    expect(problem).not.toMatch(/rooms|table/);
    const { server } = await traceOf(traceIdOf(response));
    expect(server.status.code).toBe(2);
    const [exception] = server.events;
    expect(exception && attributesOf(exception)).toMatchObject({ 'exception.message': 'no such table: rooms' });
    const lines = () => dispo.output().split('\n');
    const complaint = () => lines().find((text) => text.includes('a request failed') && text.endsWith('}'));
    await expect
      .poll(() => JSON.parse(complaint() ?? '{}'))
      .toMatchObject({
        level: 'error',
        trace_id: traceIdOf(response),
      });
  });

  it('fails to start on a port in use, and names the variable to set', async () => {
    const [other] = await freePorts(1);
    const second = startDispo({ ...env, DISPO_INTERNAL_PORT: String(other), OTEL_SDK_DISABLED: 'true' });
    expect(await second.ended).toBe(1);
    expect(second.output()).toContain(
      `port ${env.DISPO_PORT} is taken by another program; set DISPO_PORT to a free one`,
    );
  });

  it('exits with 0 on SIGTERM, and exports its last spans and metrics before closing their sources', async () => {
    const response = await book({ ...stay, room_id: 2 });
    dispo.child.kill('SIGTERM');
    expect(await dispo.ended).toBe(0);
    const spans = collector.spans.filter(({ traceId }) => traceId === traceIdOf(response));
    expect(spans.map(({ name }) => name)).toContain('POST /api/v1/bookings');
    expect(collector.text()).toContain('http.server.request.duration');
    expect(dispo.output()).not.toContain('is not open');
  });
});
