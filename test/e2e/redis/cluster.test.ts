import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ClusterServers, startCluster } from '@hotel/redis/test';
import type { RedisServer } from '@hotel/system';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, insistOnTrace, startHotel, waitUntilPlanned } from '../harness/hotel.ts';

const resources = new AsyncDisposableStack();
let cluster: ClusterServers;
let traced: TracedSystem;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-cluster-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  cluster = resources.use(await startCluster(folder));
  traced = resources.use(await startHotel({ redisUrl: cluster.url }));
});
afterAll(() => resources.disposeAsync());

type Checks = Record<string, { ok: boolean; detail: string }>;
const checksOf = async (port: string) => (await httpJson<{ checks: Checks }>(`${traced.url(port)}/readyz`)).body.checks;

it('bookings are planned, and their traces are whole', async () => {
  for (const room_id of [1, 2, 3]) {
    const { booking, traceId } = await book(traced, { room_id, start: '2027-02-04', end: '2027-02-06' });
    await waitUntilPlanned(traced, booking.id);
    await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
  }
});

it('all probes report that Redis takes writes and that the queue runs', async () => {
  for (const port of ['DISPO_INTERNAL_PORT', 'WORKER_INTERNAL_PORT']) {
    const { redis, queue } = await checksOf(port);
    expect({ port, redis, queue }).toMatchObject({
      redis: { ok: true, detail: 'takes writes' },
      queue: { ok: true, detail: 'runs' },
    });
  }
});

it('`pnpm dead` reads the dead letters', async () => {
  const file = fileURLToPath(new URL('../../../dev/src/dead.ts', import.meta.url));
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, REDIS_URL: cluster.url, HOTEL_DATA_DIR: traced.dataDir };
  const { stdout } = await promisify(execFile)(process.execPath, [file, 'list'], { env });
  expect(stdout).toBe('There are no dead letters.\n');
});

it('without the node of the queue, bookings are accepted; they are planned when it is back', async () => {
  const owner: RedisServer = await cluster.nodeOf('{hotel}');
  await owner.kill('SIGKILL');
  const { booking } = await book(traced, { room_id: 4, start: '2027-02-04', end: '2027-02-06' });
  await expect.poll(async () => (await checksOf('DISPO_INTERNAL_PORT')).redis?.ok).toBe(false);
  expect((await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`)).body.cleaning).toBe('pending');
  await owner.start();
  await waitUntilPlanned(traced, booking.id, 60_000);
}, 120_000);
