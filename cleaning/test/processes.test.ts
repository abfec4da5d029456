import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { connectRedis } from '@hotel/redis';
import {
  freePorts,
  type OutputLine,
  type ProcessHandle,
  type ProcessSpec,
  provideRedis,
  startProcess,
} from '@hotel/system';
import { Queue } from 'bullmq';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FakeDispo, startFakeDispo } from './fake-dispo.ts';
import { eventOf, silent } from './fixtures.ts';

const root = resolve(import.meta.dirname, '../..');
const spec = (name: string, entry: string, port: string): ProcessSpec => ({
  name,
  folder: 'cleaning',
  entry,
  traced: true,
  ports: {},
  env: {},
  ready: { port, path: '/readyz' },
});
const api = spec('cleaning', 'src/main.ts', 'CLEANING_INTERNAL_PORT');
const worker = spec('cleaning-worker', 'src/worker.ts', 'WORKER_INTERNAL_PORT');

let open: AsyncDisposableStack;
let dispo: FakeDispo;
let env: Record<string, string>;
let redisPort: number;
let dataDir: string;
let lines: OutputLine[];
beforeEach(async () => {
  open = new AsyncDisposableStack();
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-cleaning-'));
  open.defer(() => rm(dataDir, { recursive: true, force: true }));
  dispo = open.use(await startFakeDispo());
  const [publicPort, internalPort, workerPort, redis] = (await freePorts(4)) as [number, number, number, number];
  redisPort = redis;
  lines = [];
  env = {
    PATH: process.env.PATH ?? '',
    HOTEL_HOST: '127.0.0.1',
    HOTEL_DATA_DIR: dataDir,
    HOTEL_JOB_LOCK_MS: '1000',
    CLEANING_PORT: String(publicPort),
    CLEANING_INTERNAL_PORT: String(internalPort),
    WORKER_INTERNAL_PORT: String(workerPort),
    DISPO_INTERNAL_URL: dispo.url,
    REDIS_URL: `redis://:sesame@127.0.0.1:${redisPort}`,
  };
});
afterEach(() => open.disposeAsync());

async function start(process: ProcessSpec, more: Record<string, string> = {}): Promise<ProcessHandle> {
  const handle = await startProcess(process, { ...env, ...more }, { root, onLine: (line) => lines.push(line) });
  open.defer(async () => void (await handle.stop()));
  return handle;
}

async function startRedis(): Promise<void> {
  const server = await provideRedis({ dataDir, port: redisPort });
  open.defer(() => server.stop());
  env.REDIS_URL = server.url;
}

async function send(event: ReturnType<typeof eventOf>): Promise<void> {
  await using redis = connectRedis(env.REDIS_URL as string, silent, { forWorker: true });
  const queue = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'hotel' });
  await queue.add(event.type, event, { jobId: event.id, removeOnComplete: true });
  await queue.close();
}

const readyz = async () => {
  const response = await fetch(`http://127.0.0.1:${env.WORKER_INTERNAL_PORT}/readyz`).catch(() => undefined);
  return response && { status: response.status, body: await response.json() };
};

it('serves what the worker has planned, and exits with 0', async () => {
  await startRedis();
  const handles = await Promise.all([start(api), start(worker)]);
  await Promise.all(handles.map((handle) => handle.ready()));
  await send(eventOf('booking.created'));
  const days = `http://127.0.0.1:${env.CLEANING_PORT}/api/v1/days?start=2027-02-06&end=2027-02-06`;
  await expect.poll(async () => (await fetch(days)).json()).toEqual([{ day: '2027-02-06', room: '101', final: 1 }]);
  for (const handle of handles) expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
});

it('starts without Redis, reports its address without the password, and exits with 0', async () => {
  const handle = await start(worker);
  await expect.poll(readyz).toMatchObject({
    status: 503,
    body: {
      checks: {
        database: { ok: true },
        redis: {
          ok: false,
          detail: `Redis cannot be reached at 127.0.0.1:${redisPort} (nothing listens there)`,
        },
      },
    },
  });
  expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
  expect(lines.map(({ text }) => text).join('\n')).not.toContain('sesame');
});

it('starts processing when Redis becomes available', async () => {
  env.REDIS_URL = `redis://127.0.0.1:${redisPort}`;
  const handle = await start(worker);
  await expect.poll(async () => (await readyz())?.status).toBe(503);
  await startRedis();
  await handle.ready();
  await send(eventOf('booking.created'));
  await expect.poll(() => dispo.calls.length).toBe(1);
  expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
});

it('retries a job in the next worker when its worker is killed', async () => {
  await startRedis();
  dispo.next.push('later');
  const first = await start(worker);
  await first.ready();
  await send(eventOf('booking.created'));
  await expect.poll(() => dispo.calls.length).toBe(1);
  first.kill('SIGKILL');
  await first.exited;
  await start(worker);
  await expect.poll(() => dispo.calls.length).toBe(2);
  expect(dispo.calls[1]).toEqual(dispo.calls[0]);
  await expect.poll(() => lines.map(({ text }) => text).join('\n')).toContain('duplicate event confirmed again');
});

it.each([
  [api, { CLEANING_PORT: 'http', HOTEL_TRACE_EDGE: 'yes' }],
  [worker, { REDIS_URL: '127.0.0.1', WORKER_CONCURRENCY: '0', HOTEL_QUEUE_TRACE: 'yes' }],
])('$name exits with 1 on an invalid environment, naming every invalid variable', async (process, wrong) => {
  const handle = await start(process, wrong);
  expect(await handle.exited).toEqual({ code: 1, signal: null });
  const said = handle.lastLines().join('\n');
  for (const name of Object.keys(wrong)) expect(said).toContain(name);
});
