import { text } from 'node:stream/consumers';
import { serve } from '@hotel/telemetry/test';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventOf } from './fixtures.ts';
import { api, openProcesses, type Processes, worker } from './processes.ts';

let processes: Processes;
beforeEach(async () => {
  processes = await openProcesses();
});
afterEach(() => processes[Symbol.asyncDispose]());

const readyz = async () => {
  const response = await fetch(`http://127.0.0.1:${processes.env.WORKER_INTERNAL_PORT}/readyz`).catch(() => undefined);
  return response && { status: response.status, body: await response.json() };
};

it('serves what the worker has planned, and exits with 0', async () => {
  await processes.startRedis();
  const handles = await Promise.all([processes.start(api), processes.start(worker)]);
  await Promise.all(handles.map((handle) => handle.ready()));
  await processes.send(eventOf('booking.created'));
  const days = `http://127.0.0.1:${processes.env.CLEANING_PORT}/api/v1/days?start=2027-02-06&end=2027-02-06`;
  await expect.poll(async () => (await fetch(days)).json()).toEqual([{ day: '2027-02-06', room: '101', final: 1 }]);
  for (const handle of handles) expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
});

it('starts without Redis, reports its address without the password, and leaves out its metrics without a complaint', async () => {
  const bodies: string[] = [];
  await using collector = await serve(async (request, response) => {
    bodies.push(await text(request));
    response.setHeader('content-type', 'application/json').end('{}');
  });
  const handle = await processes.start(worker, {
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    // Also the limit of an export.
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
  });
  await expect.poll(readyz).toMatchObject({
    status: 503,
    body: {
      checks: {
        database: { ok: true },
        redis: {
          ok: false,
          detail: `Redis cannot be reached at 127.0.0.1:${processes.redisPort} (nothing listens there)`,
        },
      },
    },
  });
  await expect.poll(() => bodies.length).toBeGreaterThan(1);
  expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
  expect(bodies.join()).toContain('process.uptime');
  expect(bodies.join()).not.toContain('hotel.queue.depth');
  const output = processes.lines.map(({ text }) => text);
  expect(output.filter((line) => line.includes('"component":"opentelemetry"'))).toEqual([]);
  expect(output.join('\n')).not.toContain('sesame');
});

it('starts processing when Redis becomes available', async () => {
  processes.env.REDIS_URL = `redis://127.0.0.1:${processes.redisPort}`;
  const handle = await processes.start(worker);
  await expect.poll(async () => (await readyz())?.status).toBe(503);
  await processes.startRedis();
  await handle.ready();
  await processes.send(eventOf('booking.created'));
  await expect.poll(() => processes.dispo.calls.length).toBe(1);
  expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
});

it('retries a job in the next worker when its worker is killed', async () => {
  await processes.startRedis();
  processes.dispo.next.push('later');
  const first = await processes.start(worker);
  await first.ready();
  await processes.send(eventOf('booking.created'));
  await expect.poll(() => processes.dispo.calls.length).toBe(1);
  first.kill('SIGKILL');
  await first.exited;
  await processes.start(worker);
  await expect.poll(() => processes.dispo.calls.length).toBe(2);
  expect(processes.dispo.calls[1]).toEqual(processes.dispo.calls[0]);
  await expect
    .poll(() => processes.lines.map(({ text }) => text).join('\n'))
    .toContain('duplicate event confirmed again');
});

it.each([
  [api, { CLEANING_PORT: 'http', HOTEL_TRACE_EDGE: 'yes' }],
  [worker, { REDIS_URL: '127.0.0.1', WORKER_CONCURRENCY: '0', HOTEL_QUEUE_TRACE: 'yes' }],
])('$name exits with 1 on an invalid environment, naming every invalid variable', async (spec, wrong) => {
  const handle = await processes.start(spec, wrong);
  expect(await handle.exited).toEqual({ code: 1, signal: null });
  const said = handle.lastLines().join('\n');
  for (const name of Object.keys(wrong)) expect(said).toContain(name);
});
