import { setTimeout as sleep, setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { BookingEvent } from '@hotel/contracts';
import { vi } from 'vitest';
import type { EventQueue } from '../src/outbox/queue.ts';
import { type Relay, startRelay } from '../src/outbox/relay.ts';
import type { PendingEvent } from '../src/outbox/store.ts';
import { openTestHotel, recordingLogger, type TestHotel } from './hotel.ts';

/** An in-memory queue that records its calls. */
export interface TestQueue extends EventQueue {
  ready: boolean;
  /** Published events, per command. */
  commands: Array<{ how: 'one' | 'many'; events: BookingEvent[] }>;
  /** Ids of processable jobs. */
  has: Set<string>;
  /** Ids of jobs that no worker would process. */
  orphans: Set<string>;
  /** Upper bound on jobs. */
  maxJobs: number;
  /** Reset by a withdrawal. */
  isFull: boolean;
  /** Error that Redis rejects writes with. */
  broken: Error | undefined;
  /** Blocks the next publication until `go`. */
  hold(): void;
  go(): void;
  /** Fails the next publication. */
  failure: Error | undefined;
  comeBack(): void;
}

function createTestQueue(): TestQueue {
  const listeners: Array<() => void> = [];
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  async function take(how: 'one' | 'many', events: BookingEvent[]): Promise<void> {
    queue.commands.push({ how, events });
    await gate.promise;
    const { failure } = queue;
    queue.failure = undefined;
    if (failure) throw failure;
    for (const { id } of events) queue.has.add(id);
  }
  const queue: TestQueue = {
    ready: true,
    commands: [],
    has: new Set(),
    maxJobs: Number.POSITIVE_INFINITY,
    orphans: new Set(),
    isFull: false,
    broken: undefined,
    failure: undefined,
    hold: () => {
      gate = Promise.withResolvers();
    },
    go: () => gate.resolve(),
    comeBack: () => {
      queue.ready = true;
      for (const listener of listeners) listener();
    },
    isReady: () => queue.ready,
    onReady: (callback) => void listeners.push(callback),
    publish: (event) => take('one', [event]),
    publishAll: (events) => take('many', events),
    capacity: async () => {
      if (queue.broken) throw queue.broken;
      return {
        room: Math.max(0, queue.maxJobs - queue.has.size),
        isScarce: queue.isFull,
        isFull: queue.isFull,
        toKeep: 0,
      };
    },
    inspect: () => ({
      lost: async (ids) => ({
        missing: ids.filter((id) => !queue.has.has(id) && !queue.orphans.has(id)),
        orphaned: ids.filter((id) => queue.orphans.delete(id)),
      }),
    }),
    newestWaiting: async ({ skip, count }) => [...queue.has].reverse().slice(skip, skip + count),
    withdraw: async (ids) => {
      queue.isFull = false;
      return ids.filter((id) => queue.has.delete(id));
    },
    promoteOverdue: async () => 0,
    disconnect: () => gate.reject(new Error('Connection is closed.')),
    async [Symbol.asyncDispose]() {},
  };
  return queue;
}

/** The real relay between a fresh database and an in-memory queue. */
export interface TestOutbox extends AsyncDisposable {
  hotel: TestHotel;
  queue: TestQueue;
  /** Logged lines, level and message. */
  logLines: string[];
  /** Starts the relay. By default it sweeps only on demand, not periodically. */
  start(sweepMs?: number): void;
  publish(...events: PendingEvent[]): void;
  close(): Promise<void>;
  /** Creates a booking and returns its event, which its request will publish. */
  book(): Promise<PendingEvent>;
  /** Creates bookings at once. @returns their events in the order of the outbox */
  bookTimes(count: number): Promise<PendingEvent[]>;
  /** Creates bookings whose requests publish nothing, as after a crash. @returns their events in the order of the outbox */
  leaveBehind(count: number): Promise<PendingEvent[]>;
  /** Published ids, per command. */
  published(): string[][];
  /** Attempt numbers of all outbox rows. */
  attempts(): Promise<number[]>;
}

export async function openTestOutbox(): Promise<TestOutbox> {
  const hotel = await openTestHotel();
  const queue = createTestQueue();
  const { log, logLines } = recordingLogger();
  let relay: Relay | undefined;
  let day = 0;
  async function book(): Promise<PendingEvent> {
    const dayOf = (offset: number) => new Date(Date.UTC(2027, 0, offset)).toISOString().slice(0, 10);
    day += 2;
    const { events } = await hotel.bookings.create({ room_id: 1, start: dayOf(day), end: dayOf(day + 1) });
    return events[0] as PendingEvent;
  }
  const bookTimes = async (count: number) =>
    (await Promise.all(Array.from({ length: count }, book))).sort((a, b) => (a.id < b.id ? -1 : 1));
  async function close(): Promise<void> {
    const closing = relay;
    relay = undefined;
    await closing?.[Symbol.asyncDispose]();
  }
  return {
    hotel,
    queue,
    logLines,
    start(sweepMs = 3_600_000) {
      relay = startRelay({ store: hotel.store, queue, sweepMs, log });
    },
    publish(...events) {
      if (!relay) throw new Error('the relay has not been started');
      relay.publish(events);
    },
    close,
    book,
    bookTimes,
    async leaveBehind(count) {
      const events = await bookTimes(count);
      for (const { id } of events) hotel.store.awaitingCommit.delete(id);
      return events;
    },
    published: () => queue.commands.map(({ events }) => events.map(({ id }) => id)),
    attempts: async () => (await hotel.outboxRows()).map(({ attempt }) => attempt),
    async [Symbol.asyncDispose]() {
      queue.go();
      await close();
      await hotel[Symbol.asyncDispose]();
    },
  };
}

/** An event in its published form. */
export function eventNamed(id: string): BookingEvent {
  return {
    specversion: '1.0',
    id,
    source: '/dispo',
    type: 'booking.created',
    subject: 'bookings/1',
    time: '2027-01-30T09:15:00.000Z',
    datacontenttype: 'application/json',
    data: { booking_id: 1, revision: 1, room_id: 1, room: '101', start: '2027-02-04', end: '2027-02-06' },
  };
}

export const idsOf = (events: PendingEvent[]) => events.map(({ id }) => id);
export const until = (condition: () => void) => vi.waitFor(condition, { timeout: 60_000, interval: 5 });
/**
 * Waits long enough for pending work to finish. Also yields to the event loop, since timers may fire before other work.
 */
export async function settle(): Promise<void> {
  await sleep(30);
  for (let turn = 0; turn < 30; turn++) await turnOfTheLoop();
}
