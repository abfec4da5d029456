import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLEANING_QUEUE } from '@hotel/contracts';
import { provideRedis, type RedisServer } from '@hotel/system';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type BookingRepository, createBookingRepository } from '../src/bookings/repository.ts';
import { createEventQueue, type EventQueue } from '../src/outbox/queue.ts';
import { type Relay, startRelay } from '../src/outbox/relay.ts';
import { createOutboxStore } from '../src/outbox/store.ts';
import { withTables } from '../src/schema.ts';
import { NOW, openTestHotel, recordingLogger, type TestHotel } from './hotel.ts';

const REPLICAS = [0, 1, 2];
const HOUR_MS = 3_600_000;

let dataDir: string;
let server: RedisServer;
let redis: Redis;
let jobs: Queue;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-relays-'));
  server = await provideRedis({ dataDir });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  jobs = new Queue(CLEANING_QUEUE, { connection: redis, prefix: 'test' });
});
afterAll(async () => {
  await jobs?.close();
  redis?.disconnect();
  await server?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** A dispo as far as its bookings and its relay go. */
interface Replica {
  bookings: BookingRepository;
  startRelay(sweepMs: number): Relay;
  /** Makes it leave this event to the sweeps, as when its request failed after the commit. */
  forget(id: string): void;
  /** Ids of the events that its relay has sent. */
  sent: string[];
}

let hotel: TestHotel;
let replicas: [Replica, Replica, Replica];
let open: AsyncDisposableStack;
beforeEach(async () => {
  await redis.flushdb();
  open = new AsyncDisposableStack();
  hotel = open.use(await openTestHotel('postgres'));
  replicas = (await Promise.all(REPLICAS.map(startReplica))) as typeof replicas;
  return () => open.disposeAsync();
});

async function startReplica(): Promise<Replica> {
  const database = withTables(open.use(await hotel.openReplica()));
  const store = createOutboxStore(
    database,
    () => ({}),
    () => NOW,
  );
  const connection = new Redis(server.url, { maxRetriesPerRequest: null });
  open.defer(() => connection.disconnect());
  const real = open.use(createEventQueue({ redis: connection, prefix: 'test', backoffMs: 500, maxJobs: 1_000 }));
  await new Promise<void>((resolve) => real.onReady(resolve));
  const sent: string[] = [];
  const queue: EventQueue = {
    ...real,
    publish: (event) => {
      sent.push(event.id);
      return real.publish(event);
    },
    publishAll: (events) => {
      sent.push(...events.map(({ id }) => id));
      return real.publishAll(events);
    },
  };
  return {
    bookings: createBookingRepository(database, store, () => NOW),
    startRelay: (sweepMs) => open.use(startRelay({ store, queue, sweepMs, log: recordingLogger().log })),
    forget: store.awaitingCommit.delete,
    sent,
  };
}

let nights = 1;
async function bookAt({ bookings }: Replica, room_id: number) {
  const [start, end] = [nights++, nights].map((day) => new Date(Date.UTC(2027, 1, day)).toISOString().slice(0, 10));
  return (await bookings.create({ room_id, start: start as string, end: end as string })).events;
}
const idsOf = (events: Array<{ id: string }>) => events.map(({ id }) => id);
const queued = async () => (await jobs.getJobs(['wait'])).map(({ id }) => id as string).sort();

describe('three relays on one PostgreSQL and one Redis', () => {
  it('each publish what their own process has committed, once', async () => {
    const relays = replicas.map((replica) => replica.startRelay(HOUR_MS));
    const expected = await Promise.all(
      replicas.map(async (replica, i) => {
        const ids: string[] = [];
        for (let room = 1; room <= 5; room++) {
          const events = await bookAt(replica, room);
          ids.push(...idsOf(events));
          relays[i]?.publish(events);
        }
        return ids;
      }),
    );
    await expect.poll(queued).toEqual(expected.flat().sort());
    expect(replicas.map(({ sent }) => sent.toSorted())).toEqual(expected.map((ids) => ids.toSorted()));
  });

  it('each publish what their own process has committed while Redis was away for a moment', async () => {
    const relays = replicas.map((replica) => replica.startRelay(HOUR_MS));
    await server.stop();
    const ids: string[] = [];
    for (const [i, replica] of replicas.entries()) {
      const events = await bookAt(replica, 1 + i);
      ids.push(...idsOf(events));
      relays[i]?.publish(events);
    }
    await server.start();
    await expect.poll(queued).toEqual(ids);
    expect(replicas.map(({ sent }) => sent.at(-1))).toEqual(ids);
  });

  it('leave an event to the request that made it, however late it sees its commit', async () => {
    const [first] = replicas;
    const [early, late] = [await bookAt(first, 1), await bookAt(first, 2)];
    first.forget(early[0]?.id ?? '');
    const relay = first.startRelay(50);
    // The sweep that found the first event has read the second one, too.
    await expect.poll(queued).toEqual(idsOf(early));
    relay.publish(late);
    await expect.poll(queued).toEqual([...idsOf(early), ...idsOf(late)].sort());
    expect(first.sent).toEqual([...idsOf(early), ...idsOf(late)]);
    expect((await hotel.outboxRows()).map(({ attempt }) => attempt)).toEqual([2, 0]);
  });

  it('publish the events of a process that died after its commits, each once', async () => {
    const [dead, ...alive] = replicas;
    const ids: string[] = [];
    for (let room = 1; room <= 10; room++) ids.push(...idsOf(await bookAt(dead, room)));
    for (const replica of alive) replica.startRelay(50);
    await hotel.expireClaims();
    await expect.poll(queued).toEqual(ids.sort());
    expect(alive.flatMap(({ sent }) => sent).sort()).toEqual(ids);
    expect(new Set((await hotel.outboxRows()).map(({ attempt }) => attempt))).toEqual(new Set([2]));
  });

  it('publish nothing again that a process sent before it died, and everything that Redis then loses', async () => {
    const [first, second, third] = replicas;
    const relay = first.startRelay(HOUR_MS);
    const events = await bookAt(first, 1);
    relay.publish(events);
    await expect.poll(queued).toEqual(idsOf(events));
    await relay[Symbol.asyncDispose]();
    for (const replica of [second, third]) replica.startRelay(50);
    await hotel.expireClaims();
    const [later] = await bookAt(second, 2);
    second.forget(later?.id ?? '');
    await hotel.expireClaims();
    // A sweep that has found the later event has seen the earlier one, too.
    await expect.poll(queued).toEqual([...idsOf(events), later?.id].sort());
    expect([...second.sent, ...third.sent]).toEqual([later?.id]);
    await redis.flushdb();
    await hotel.expireClaims();
    await expect.poll(queued).toEqual([...idsOf(events), later?.id].sort());
  });
});
