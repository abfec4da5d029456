import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type SentinelServers, startSentinels } from '@hotel/redis/test';
import type { TracedSystem } from '@hotel/trace-test';
import { hotel } from 'dev/system';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, book, days, insistOnTrace, startHotel, waitUntilPlanned } from '../harness/hotel.ts';

const BOOKED_BEFORE = 20;
const LOST = 20;
const BOOKED_AFTER = 20;
const ROOMS = 10;
const PAUSE_MS = 20;

const resources = new AsyncDisposableStack();
let servers: SentinelServers;
let traced: TracedSystem;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hotel-sentinel-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  servers = resources.use(await startSentinels(folder));
  traced = resources.use(await startHotel({ redisUrl: servers.url }));
});
afterAll(() => resources.disposeAsync());

const dayAfter = (days: number) => new Date(Date.UTC(2031, 0, 1 + days)).toISOString().slice(0, 10);

/** The stay of the nth booking: every one has its own room and nights. */
function stayOf(n: number) {
  const days = 2 * Math.floor(n / ROOMS);
  return { room_id: 1 + (n % ROOMS), start: dayAfter(days), end: dayAfter(days + 1) };
}

/** Jobs in the queue of one server. */
async function jobsAt(url: string): Promise<number> {
  const client = new Redis(url);
  try {
    return await client.llen('hotel:cleaning:wait');
  } finally {
    client.disconnect();
  }
}

it('after a failover that loses jobs, every acknowledged booking is planned exactly once', async () => {
  const acknowledged: number[] = [];
  let stop = false;
  const load = (async () => {
    while (!stop) {
      const { booking } = await book(traced, stayOf(acknowledged.length));
      acknowledged.push(booking.id);
      await sleep(PAUSE_MS);
    }
  })();
  const until = (count: number) =>
    expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(count);

  await until(BOOKED_BEFORE);
  const worker = traced.system.processes.get('cleaning-worker');
  worker?.kill('SIGSTOP');
  await servers.suspendReplica();
  const before = acknowledged.length;
  await until(before + LOST);
  await expect.poll(() => jobsAt(servers.master.url)).toBeGreaterThanOrEqual(LOST);
  await servers.failOver();
  expect(await jobsAt(servers.replica.url)).toBeLessThan(LOST);
  worker?.kill('SIGCONT');
  await until(acknowledged.length + BOOKED_AFTER);
  stop = true;
  await load;

  for (const id of acknowledged) await waitUntilPlanned(traced, id, 60_000);
  const ids = [...acknowledged.keys()];
  for (const [start, group] of Map.groupBy(ids, (n) => stayOf(n).start)) {
    const end = stayOf(group[0] ?? 0).end;
    const planned = [start, end].flatMap((day) =>
      group.map((n) => ({ day, room: String(100 + stayOf(n).room_id), final: day === end ? 1 : 0 })),
    );
    expect(await days(traced, start, end)).toEqual(planned);
  }
}, 180_000);

it('a booking after the failover has the whole trace', async () => {
  const { booking, traceId } = await book(traced, { room_id: 1, start: '2032-02-04', end: '2032-02-06' });
  await waitUntilPlanned(traced, booking.id);
  await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
  const { status } = await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`);
  expect(status).toBe(200);
});
