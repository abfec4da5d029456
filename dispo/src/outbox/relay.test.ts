import type { BookingEvent } from '@hotel/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listeningLogger, NOW, openTestHotel, type TestHotel } from '../../test/hotel.ts';
import { outbox } from '../schema.ts';
import type { EventQueue } from './queue.ts';
import { type Relay, startRelay } from './relay.ts';
import type { PendingEvent } from './store.ts';

/** A queue in memory, and what was asked of it. */
interface TestQueue extends EventQueue {
  ready: boolean;
  /** What was published, command by command. */
  commands: Array<{ how: 'one' | 'many'; events: BookingEvent[] }>;
  /** What it has, as the sweep sees it. */
  has: Set<string>;
  /** The next publication waits for `go`. */
  hold(): void;
  go(): void;
  /** The next publication fails. */
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
    missing: async (ids) => ids.filter((id) => !queue.has.has(id)),
    hasten: async () => 0,
    hangUp: () => gate.reject(new Error('Connection is closed.')),
    async [Symbol.asyncDispose]() {},
  };
  return queue;
}

let hotel: TestHotel;
let queue: TestQueue;
let relay: Relay | undefined;
let said: string[];
beforeEach(async () => {
  hotel = await openTestHotel();
  queue = createTestQueue();
});
afterEach(async () => {
  queue.go();
  await relay?.[Symbol.asyncDispose]();
  relay = undefined;
  await hotel[Symbol.asyncDispose]();
});

/** Never sweeps by the clock: a test says when. */
function start(sweepMs = 3_600_000): Relay {
  const { log, said: heard } = listeningLogger();
  said = heard;
  relay = startRelay({ store: hotel.store, queue, sweepMs, log });
  return relay;
}

let day = 0;
/** Writes a booking, and its event with it. */
async function book(): Promise<PendingEvent> {
  const dayOf = (offset: number) => new Date(Date.UTC(2027, 0, offset)).toISOString().slice(0, 10);
  day += 2;
  const { events } = await hotel.bookings.create({ room_id: 1, start: dayOf(day), end: dayOf(day + 1) });
  return events[0] as PendingEvent;
}
const bookTimes = async (count: number) => Promise.all(Array.from({ length: count }, book));

const published = () => queue.commands.map(({ events }) => events.map(({ id }) => id));
const idsOf = (events: PendingEvent[]) => events.map(({ id }) => id);
const attempts = () => hotel.outboxRows().map(({ attempt }) => attempt);
const until = (condition: () => void) => vi.waitFor(condition, { timeout: 5_000, interval: 5 });
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

describe('after a commit', () => {
  it('an event is published as a CloudEvent that any language can read, in the context of its request', async () => {
    hotel.context = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
      tracestate: 'vendor=1',
      baggage: 'channel=web',
    };
    const event = await book();
    start().publish([event]);
    await settle();
    expect(queue.commands).toEqual([
      {
        how: 'one',
        events: [
          {
            specversion: '1.0',
            id: event.id,
            source: '/dispo',
            type: 'booking.created',
            subject: 'bookings/1',
            time: NOW.toISOString(),
            datacontenttype: 'application/json',
            ...hotel.context,
            data: event.data,
          },
        ],
      },
    ]);
  });

  it('an event without a context has none in its envelope', async () => {
    start().publish([await book()]);
    expect(Object.keys(queue.commands[0]?.events[0] ?? {})).not.toContain('traceparent');
  });

  it('events that come together are published in one command', async () => {
    const events = await bookTimes(3);
    start();
    for (const event of events) relay?.publish([event]);
    await settle();
    expect(queue.commands.map(({ how }) => how)).toEqual(['many']);
    expect(published()).toEqual([idsOf(events)]);
  });

  it('what gathers while a command is under way is the next command', async () => {
    const [first, ...others] = await bookTimes(4);
    queue.hold();
    start().publish(first ? [first] : []);
    await settle();
    for (const event of others) relay?.publish([event]);
    expect(queue.commands).toHaveLength(1);
    queue.go();
    await until(() => expect(published()).toEqual([first ? [first.id] : [], idsOf(others)]));
  });

  it('an event is not forgotten that comes in the very moment in which the last command is done', async () => {
    const template = await book();
    queue.has.add(template.id);
    start();
    await settle();
    const ids: string[] = [];
    for (let turns = 0; turns < 20; turns++) {
      const pair = [`${turns}-first`, `${turns}-second`];
      ids.push(...pair);
      queue.hold();
      relay?.publish([{ ...template, id: `${turns}-first` }]);
      queue.go();
      for (let turn = 0; turn < turns; turn++) await null;
      relay?.publish([{ ...template, id: `${turns}-second` }]);
      await settle();
      expect(published().flat().slice(-2)).toEqual(pair);
    }
    expect(published().flat()).toEqual(ids);
  });

  it('an event stays in the outbox: only its consumer takes it out', async () => {
    start().publish([await book()]);
    await settle();
    expect(hotel.outboxRows()).toHaveLength(1);
    expect(attempts()).toEqual([0]);
  });

  it('no command is larger than 500 events', async () => {
    const template = await book();
    queue.has.add(template.id);
    const many = Array.from({ length: 1_001 }, (_, i) => ({ ...template, id: `event-${i}` }));
    start().publish(many);
    await until(() => expect(queue.commands.map(({ events }) => events.length)).toEqual([500, 500, 1]));
  });
});

describe('an event that cannot be published', () => {
  it('stays in the outbox, the log says so, and a sweep publishes it as the second attempt', async () => {
    const event = await book();
    queue.failure = new Error('Connection is closed.');
    start().publish([event]);
    await until(() => expect(said).toContain('warn: events could not be published; they stay in the outbox'));
    expect(hotel.outboxRows()).toHaveLength(1);
    queue.comeBack();
    await until(() => expect(published()).toEqual([[event.id], [event.id]]));
    expect(attempts()).toEqual([2]);
  });

  it('does not keep the next one back', async () => {
    start();
    await settle();
    queue.failure = new Error('Connection is closed.');
    relay?.publish([await book()]);
    await settle();
    const next = await book();
    relay?.publish([next]);
    await until(() => expect(queue.has).toEqual(new Set([next.id])));
  });
});

describe('a sweep', () => {
  it('at the start publishes what a crash has left, and nothing that the queue has', async () => {
    const [lost, queued] = await bookTimes(2);
    queue.has.add(queued?.id ?? '');
    start();
    await until(() => expect(published()).toEqual([[lost?.id]]));
    await settle();
    expect(queue.commands).toHaveLength(1);
    expect(said).toContain('info: publishing events that are neither confirmed nor in the queue');
  });

  it('comes by itself, every now and then', async () => {
    start(20);
    const event = await book();
    await until(() => expect(queue.has).toEqual(new Set([event.id])));
    queue.has.clear();
    await until(() => expect(queue.has).toEqual(new Set([event.id])));
  });

  it('publishes again what a Redis has forgotten, in the same trace and with the number of the attempt', async () => {
    hotel.context = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    start().publish([await book()]);
    await until(() => expect(queue.has.size).toBe(1));
    queue.has.clear();
    queue.comeBack();
    await until(() => expect(queue.commands).toHaveLength(2));
    expect(queue.commands[1]).toEqual(queue.commands[0]);
    expect(attempts()).toEqual([2]);
  });

  it('leaves alone what has been confirmed while it asked the queue', async () => {
    const event = await book();
    const { missing } = queue;
    queue.missing = async (ids) => {
      await hotel.sqlite.write(() => hotel.store.confirm(event.id));
      return missing(ids);
    };
    start();
    await settle();
    expect(queue.commands).toEqual([]);
  });

  it('leaves alone what is on its way', async () => {
    const event = await book();
    queue.has.add(event.id);
    start();
    await settle();
    queue.has.clear();
    queue.hold();
    relay?.publish([event]);
    queue.comeBack();
    await settle();
    queue.go();
    await settle();
    expect(published()).toEqual([[event.id]]);
    expect(attempts()).toEqual([0]);
  });

  it('finds everything, however much it is', async () => {
    const template = await book();
    await hotel.sqlite.write(() => {
      const { subject: _, context, ...row } = template;
      const rows = Array.from({ length: 1_100 }, (_, i) => ({ ...row, id: `z-${i}`, booking_id: 1, ...context }));
      for (let i = 0; i < rows.length; i += 100) {
        hotel.sqlite.orm
          .insert(outbox)
          .values(rows.slice(i, i + 100))
          .run();
      }
    });
    start();
    await until(() => expect(queue.has.size).toBe(1_101));
  });

  it('makes due what a wrong clock has put off, and says so', async () => {
    queue.hasten = async () => 3;
    start();
    await until(() => expect(said).toContain('warn: events were put off by a clock that is wrong; they are due now'));
  });

  it('that fails is told, and the next one finds what it did not', async () => {
    const event = await book();
    const { missing } = queue;
    queue.missing = () => Promise.reject(new Error('Redis did not answer'));
    start();
    await until(() => expect(said).toContain('warn: the outbox could not be swept; it will be tried again'));
    expect(queue.commands).toEqual([]);
    queue.missing = missing;
    await settle();
    queue.comeBack();
    await until(() => expect(published()).toEqual([[event.id]]));
  });
});

describe('while Redis is away', () => {
  beforeEach(() => {
    queue.ready = false;
  });

  it('nothing is published, and everything is when it comes, as the first attempt', async () => {
    start().publish([await book()]);
    await settle();
    relay?.publish([await book()]);
    await settle();
    expect(queue.commands).toEqual([]);
    queue.comeBack();
    await until(() => expect(queue.has.size).toBe(2));
    expect(attempts()).toEqual([0, 0]);
  });

  it('also events that were committed together are found when it comes', async () => {
    const events = await bookTimes(5);
    start();
    // As one commit answers the requests that share it: one after the other, in the same turn.
    await Promise.all(events.map(async (event) => relay?.publish([event])));
    await settle();
    queue.comeBack();
    await until(() => expect(queue.has).toEqual(new Set(idsOf(events))));
  });
});

it('closing waits for what is on its way, and begins nothing new', async () => {
  const event = await book();
  queue.hold();
  const closing = start();
  queue.has.add(event.id);
  closing.publish([event]);
  let isClosed = false;
  const closed = closing[Symbol.asyncDispose]().then(() => {
    isClosed = true;
  });
  relay = undefined;
  await settle();
  expect(isClosed).toBe(false);
  queue.go();
  await closed;
  queue.has.clear();
  queue.comeBack();
  await settle();
  expect(queue.commands).toHaveLength(1);
});
