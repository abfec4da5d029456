import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { freePorts, provideRedis } from '@hotel/system';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Collector, startCollector } from './collector.ts';
import { type Service, startDispo } from './service.ts';

const ERROR = 2;

let open: AsyncDisposableStack;
let collector: Collector;
let redis: Redis;
let jobs: Queue;
let dispo: Service;
let api: string;

beforeAll(async () => {
  open = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'hotel-dispo-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  collector = open.use(await startCollector());
  const server = await provideRedis({ dataDir: folder });
  open.defer(() => server.stop());
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  open.defer(() => redis.disconnect());
  const [port, internalPort] = (await freePorts(2)).map(String) as [string, string];
  dispo = startDispo({
    HOTEL_DATA_DIR: folder,
    DISPO_PORT: port,
    DISPO_INTERNAL_PORT: internalPort,
    REDIS_URL: server.url,
    HOTEL_OUTBOX_SWEEP_MS: '50',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
  open.defer(async () => {
    dispo.child.kill('SIGKILL');
    await dispo.ended;
  });
  api = `http://127.0.0.1:${port}/api/v1/bookings`;
  await dispo.ready;
  jobs = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'hotel' });
  open.defer(() => jobs.close());
});
afterAll(() => open.disposeAsync());

async function book(room_id: number): Promise<string> {
  const response = await fetch(api, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ room_id, start: '2027-02-04', end: '2027-02-06' }),
  });
  expect(response.status).toBe(201);
  return response.headers.get('traceresponse')?.split('-')[1] ?? '';
}
const until = (condition: () => void | Promise<void>) => vi.waitFor(condition, { timeout: 60_000, interval: 50 });
const sends = (traceId: string) =>
  collector.spans.filter((span) => span.traceId === traceId && span.name === 'send cleaning');
const failed = (traceId: string) => sends(traceId).filter(({ status }) => status.code === ERROR);
const isSent = (traceId: string) => until(() => expect(sends(traceId).length).toBeGreaterThan(failed(traceId).length));
async function countInfo(): Promise<number> {
  const [, calls = '0'] = /^cmdstat_info:calls=(\d+)/m.exec(await redis.info('commandstats')) ?? [];
  return Number(calls);
}

it("keeps a booking's trace small while Redis is full, and with a single send when it is not", async () => {
  await redis.config('SET', 'maxmemory', '1');
  const traceId = await book(1);
  const before = await countInfo();
  await until(async () => expect(await countInfo()).toBeGreaterThan(before + 20));
  await redis.config('SET', 'maxmemory', '0');
  await isSent(traceId);
  expect(failed(traceId).length).toBeLessThanOrEqual(1);
  expect(sends(traceId).length).toBeLessThanOrEqual(2);
});

it('retries an event with growing pauses, and records at most three failures in its trace', async () => {
  const meta = jobs.toKey('meta');
  await redis.rename(meta, 'away');
  await redis.set(meta, 'not a hash: no job can be added');
  const traceId = await book(2);
  const failures = () => dispo.output().split('events could not be published').length - 1;
  const before = failures();
  await until(() => expect(failures()).toBeGreaterThanOrEqual(before + 5));
  await redis.rename('away', meta);
  await isSent(traceId);
  expect(failed(traceId)).toHaveLength(3);
});
