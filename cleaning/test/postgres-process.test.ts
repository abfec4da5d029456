import { execute, type OwnServer, startServer } from '@hotel/postgres/test';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventOf } from './fixtures.ts';
import { api, openProcesses, type Processes, worker } from './processes.ts';

let server: OwnServer;
let processes: Processes;
beforeAll(async () => {
  server = await startServer();
  await execute(server.url('postgres'), 'CREATE DATABASE cleaning');
});
afterAll(() => server?.[Symbol.asyncDispose]());
beforeEach(async () => {
  processes = await openProcesses({ CLEANING_DATABASE_URL: server.url('cleaning') });
});
afterEach(() => processes[Symbol.asyncDispose]());

const days = () => fetch(`http://127.0.0.1:${processes.env.CLEANING_PORT}/api/v1/days?start=2027-02-06&end=2027-02-06`);
const readyz = async (port: string) => {
  const response = await fetch(`http://127.0.0.1:${processes.env[port]}/readyz`);
  const { checks } = (await response.json()) as { checks: { database: { ok: boolean; detail: string } } };
  return { status: response.status, ...checks.database };
};
const internalPorts = ['CLEANING_INTERNAL_PORT', 'WORKER_INTERNAL_PORT'];

it.each([api, worker])(
  '$name with a wrong password reports it without the password, and exits with 1 before it listens',
  async (spec) => {
    const wrong = new URL(server.url('cleaning'));
    wrong.password = 'not-this-one';
    const handle = await processes.start(spec, { CLEANING_DATABASE_URL: wrong.href });
    expect(await handle.exited).toEqual({ code: 1, signal: null });
    const output = processes.lines.map(({ text }) => text).join('\n');
    expect(output).toMatch(
      /could not start: the database .*\/cleaning of CLEANING_DATABASE_URL cannot be used: password authentication failed/,
    );
    expect(output).not.toContain('not-this-one');
  },
);

it('an outage of PostgreSQL is answered by 503 with Retry-After and shown by readiness; then events are planned', async () => {
  await processes.startRedis();
  const handles = await Promise.all([processes.start(api), processes.start(worker)]);
  await Promise.all(handles.map((handle) => handle.ready()));
  await server.kill('SIGKILL');
  try {
    const response = await days();
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toMatchObject({ type: 'urn:hotel:problem:database_unreachable' });
    for (const port of internalPorts) {
      expect(await readyz(port)).toMatchObject({ status: 503, ok: false, detail: expect.stringContaining('reached') });
    }
    const event = eventOf('booking.created');
    const retried = { attempts: 1_000, backoff: { type: 'fixed', delay: 100 }, removeOnComplete: true };
    await processes.withQueue((queue) => queue.add(event.type, event, { jobId: event.id, ...retried }));
    await expect.poll(() => processes.lines.map(({ text }) => text).join('\n')).toContain('failed to process an event');
  } finally {
    await server.start();
  }
  for (const port of internalPorts) await expect.poll(() => readyz(port)).toMatchObject({ status: 200, ok: true });
  await expect.poll(() => processes.dispo.calls.length).toBe(1);
  expect(await (await days()).json()).toEqual([{ day: '2027-02-06', room: '101', final: 1 }]);
  for (const handle of handles) expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
});
