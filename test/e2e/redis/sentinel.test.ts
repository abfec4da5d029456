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

/** The stay of the nth booking: every one has its own room and nights. */
function stayOf(n: number) {
  const month = String(1 + Math.floor(n / ROOMS)).padStart(2, '0');
  return { room_id: 1 + (n % ROOMS), start: `2031-${month}-04`, end: `2031-${month}-05` };
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
  const expected = acknowledged.flatMap((_, n) => {
    const { room_id, start, end } = stayOf(n);
    const room = String(100 + room_id);
    return [
      { day: start, room, final: 0 },
      { day: end, room, final: 1 },
    ];
  });
  const key = ({ day, room }: { day: string; room: string }) => `${day} ${room}`;
  const planned = (await days(traced, '2031-01-01', '2031-12-31')) as typeof expected;
  expect(planned.toSorted((a, b) => key(a).localeCompare(key(b)))).toEqual(
    expected.toSorted((a, b) => key(a).localeCompare(key(b))),
  );
}, 180_000);

it('a booking after the failover has the whole trace', async () => {
  const { booking, traceId } = await book(traced, { room_id: 1, start: '2032-02-04', end: '2032-02-06' });
  await waitUntilPlanned(traced, booking.id);
  await insistOnTrace(traced, traceId, hotel.expectedTraces.booking);
  const { status } = await ask(traced, 'GET', `/api/v1/bookings/${booking.id}`);
  expect(status).toBe(200);
});
