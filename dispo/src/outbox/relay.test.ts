import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NOW } from '../../test/hotel.ts';
import { idsOf, openTestOutbox, settle, type TestOutbox, until } from '../../test/outbox.ts';

let box: TestOutbox;
beforeEach(async () => {
  box = await openTestOutbox();
});
afterEach(() => box[Symbol.asyncDispose]());

describe('after a commit', () => {
  it('publishes the event as a language-neutral CloudEvent in the context of its request', async () => {
    box.hotel.context = {
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03',
      tracestate: 'vendor=1',
      baggage: 'channel=web',
    };
    const event = await box.book();
    box.start();
    box.publish(event);
    await settle();
    expect(box.queue.commands).toEqual([
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
            ...box.hotel.context,
            data: event.data,
          },
        ],
      },
    ]);
  });

  it('leaves the trace context out of the envelope when the event has none', async () => {
    box.start();
    box.publish(await box.book());
    expect(Object.keys(box.queue.commands[0]?.events[0] ?? {})).not.toContain('traceparent');
  });

  it('publishes simultaneous events in one command', async () => {
    const events = await box.bookTimes(3);
    box.start();
    for (const event of events) box.publish(event);
    await settle();
    expect(box.queue.commands.map(({ how }) => how)).toEqual(['many']);
    expect(box.published()).toEqual([idsOf(events)]);
  });

  it('batches the events that arrive during a command into the next one', async () => {
    const [first, ...others] = await box.bookTimes(4);
    box.queue.hold();
    box.start();
    if (first) box.publish(first);
    await settle();
    for (const event of others) box.publish(event);
    expect(box.queue.commands).toHaveLength(1);
    box.queue.go();
    await until(() => expect(box.published()).toEqual([first ? [first.id] : [], idsOf(others)]));
  });

  it('publishes an event that arrives at the moment the last command completes', async () => {
    const template = await box.book();
    box.queue.has.add(template.id);
    box.start();
    await settle();
    const ids: string[] = [];
    for (let turns = 0; turns < 20; turns++) {
      const pair = [`${turns}-first`, `${turns}-second`];
      ids.push(...pair);
      box.queue.hold();
      box.publish({ ...template, id: `${turns}-first` });
      box.queue.go();
      for (let turn = 0; turn < turns; turn++) await null;
      box.publish({ ...template, id: `${turns}-second` });
      await settle();
      expect(box.published().flat().slice(-2)).toEqual(pair);
    }
    expect(box.published().flat()).toEqual(ids);
  });

  it('keeps a published event in the outbox until its consumer confirms it', async () => {
    box.start();
    box.publish(await box.book());
    await settle();
    expect(await box.hotel.outboxRows()).toHaveLength(1);
    expect(await box.attempts()).toEqual([0]);
  });

  it('publishes at most 500 events in one command', async () => {
    const template = await box.book();
    box.queue.has.add(template.id);
    const many = Array.from({ length: 1_001 }, (_, i) => ({ ...template, id: `event-${i}` }));
    box.start();
    box.publish(...many);
    await until(() => expect(box.queue.commands.map(({ events }) => events.length)).toEqual([500, 500, 1]));
  });
});

describe('an event that cannot be published', () => {
  it('stays in the outbox, is logged, and is published by a sweep as the second attempt', async () => {
    const event = await box.book();
    box.queue.failure = new Error('Connection is closed.');
    box.start();
    box.publish(event);
    await until(() => expect(box.logLines).toContain('warn: events could not be published; they stay in the outbox'));
    expect(await box.hotel.outboxRows()).toHaveLength(1);
    box.queue.comeBack();
    await until(() => expect(box.published()).toEqual([[event.id], [event.id]]));
    expect(await box.attempts()).toEqual([2]);
  });

  it('does not block the next one', async () => {
    box.start();
    await settle();
    box.queue.failure = new Error('Connection is closed.');
    box.publish(await box.book());
    await settle();
    const next = await box.book();
    box.publish(next);
    await until(() => expect(box.queue.has).toEqual(new Set([next.id])));
  });
});

describe('while Redis is away', () => {
  beforeEach(() => {
    box.queue.ready = false;
  });

  it('publishes nothing, then everything as the first attempt once Redis is back', async () => {
    box.start();
    box.publish(await box.book());
    await settle();
    box.publish(await box.book());
    await settle();
    expect(box.queue.commands).toEqual([]);
    box.queue.comeBack();
    await until(() => expect(box.queue.has.size).toBe(2));
    expect(await box.attempts()).toEqual([0, 0]);
  });

  it('holds back events of one commit and publishes them once Redis is back', async () => {
    const events = await box.bookTimes(5);
    box.start();
    // As after a shared commit, which answers its requests one by one within a turn of the event loop.
    await Promise.all(events.map(async (event) => box.publish(event)));
    await settle();
    box.queue.comeBack();
    await until(() => expect(box.queue.has).toEqual(new Set(idsOf(events))));
  });
});

it('finishes the batch in progress on close, and starts no other', async () => {
  const event = await box.book();
  box.queue.hold();
  box.start();
  box.queue.has.add(event.id);
  box.publish(event);
  let isClosed = false;
  const closed = box.close().then(() => {
    isClosed = true;
  });
  await settle();
  expect(isClosed).toBe(false);
  box.queue.go();
  await closed;
  box.queue.has.clear();
  box.queue.comeBack();
  await settle();
  expect(box.queue.commands).toHaveLength(1);
});
