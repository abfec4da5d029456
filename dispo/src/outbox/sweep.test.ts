import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idsOf, openTestOutbox, settle, type TestOutbox, until } from '../../test/outbox.ts';

let box: TestOutbox;
beforeEach(async () => {
  box = await openTestOutbox();
});
afterEach(() => box[Symbol.asyncDispose]());

describe('a sweep', () => {
  it('publishes at start the events that a crash left behind, and none that the queue has', async () => {
    const [lost, queued] = await box.leaveBehind(2);
    box.queue.has.add(queued?.id ?? '');
    box.start();
    await until(() => expect(box.published()).toEqual([[lost?.id]]));
    await settle();
    expect(box.queue.commands).toHaveLength(1);
    expect(box.logLines).toContain('info: publishing events again that are neither confirmed nor in the queue');
  });

  it('runs periodically', async () => {
    box.start(20);
    const [event] = await box.leaveBehind(1);
    await until(() => expect(box.queue.has).toEqual(new Set([event?.id])));
    box.queue.has.clear();
    await until(() => expect(box.queue.has).toEqual(new Set([event?.id])));
  });

  it('republishes events that Redis has lost, in the same trace and with the attempt number', async () => {
    box.hotel.context = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    box.start();
    box.publish(await box.book());
    await until(() => expect(box.queue.has.size).toBe(1));
    box.queue.has.clear();
    box.queue.comeBack();
    await until(() => expect(box.queue.commands).toHaveLength(2));
    expect(box.queue.commands[1]).toEqual(box.queue.commands[0]);
    expect(await box.attempts()).toEqual([2]);
  });

  it('skips events that are confirmed while it inspects the queue', async () => {
    const [event] = await box.leaveBehind(1);
    const { lost } = box.queue.inspect();
    box.queue.inspect = () => ({
      async lost(ids) {
        if (event) await box.hotel.confirm(event);
        return lost(ids);
      },
    });
    box.start();
    await settle();
    expect(box.queue.commands).toEqual([]);
  });

  it('leaves an event to its request until that sees the commit', async () => {
    const event = await box.book();
    const [other] = await box.leaveBehind(1);
    box.start();
    await until(() => expect(box.published()).toEqual([[other?.id]]));
    await settle();
    box.publish(event);
    box.queue.comeBack();
    await until(() => expect(box.queue.has.size).toBe(2));
    await settle();
    expect(box.published()).toEqual([[other?.id], [event.id]]);
    expect(await box.attempts()).toEqual([0, 2]);
  });

  it('skips events that are being sent', async () => {
    const event = await box.book();
    box.queue.has.add(event.id);
    box.start();
    await settle();
    box.queue.has.clear();
    box.queue.hold();
    box.publish(event);
    box.queue.comeBack();
    await settle();
    box.queue.go();
    await settle();
    expect(box.published()).toEqual([[event.id]]);
    expect(await box.attempts()).toEqual([0]);
  });

  it('publishes everything, however large the outbox', async () => {
    await box.leaveBehind(1);
    await box.hotel.execute(`
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1100)
      INSERT INTO outbox (id, booking_id, type, time, data) SELECT 'z-' || i, 1, type, time, data FROM n, outbox`);
    await box.hotel.expireClaims();
    box.start();
    await until(() => expect(box.queue.has.size).toBe(1_101));
  });

  it('promotes jobs that a wrong clock delayed, and logs it', async () => {
    box.queue.promoteOverdue = async () => 3;
    box.start();
    await until(() =>
      expect(box.logLines).toContain('warn: promoted jobs that a wrong clock had delayed for too long'),
    );
  });

  it('logs its failure, and the next one publishes the missed events', async () => {
    const [event] = await box.leaveBehind(1);
    const { inspect } = box.queue;
    box.queue.inspect = () => ({ lost: () => Promise.reject(new Error('Redis did not answer')) });
    box.start();
    await until(() => expect(box.logLines).toContain('warn: the sweep of the outbox failed; it will be retried'));
    expect(box.queue.commands).toEqual([]);
    box.queue.inspect = inspect;
    await settle();
    box.queue.comeBack();
    await until(() => expect(box.published()).toEqual([[event?.id]]));
  });
});

describe('jobs that no worker would ever process', () => {
  it('are republished, and logged once', async () => {
    box.start();
    const event = await box.book();
    box.publish(event);
    await until(() => expect(box.queue.has).toEqual(new Set([event.id])));
    box.queue.has.clear();
    box.queue.orphans.add(event.id);
    box.queue.comeBack();
    await until(() => expect(box.published()).toEqual([[event.id], [event.id]]));
    box.queue.comeBack();
    await settle();
    expect(await box.attempts()).toEqual([2]);
    expect(box.logLines.filter((line) => line.includes('no worker would have processed'))).toHaveLength(1);
  });
});

describe('a queue at its limit', () => {
  it('never exceeds it, and gets the remaining events in order as workers take jobs, each as the first attempt', async () => {
    box.queue.maxJobs = 3;
    box.start();
    await settle();
    const taken: string[] = [];
    const events = await box.bookTimes(10);
    box.publish(...events);
    while (taken.length < events.length) {
      await until(() => expect(box.queue.has.size).toBe(Math.min(3, events.length - taken.length)));
      await settle();
      expect(box.queue.has.size).toBeLessThanOrEqual(3);
      const [first = ''] = box.queue.has;
      const [event] = await box.hotel.store.stillUnconfirmed([first]);
      if (event) await box.hotel.confirm(event);
      box.queue.has.delete(first);
      taken.push(first);
    }
    expect(taken).toEqual(idsOf(events));
    expect(box.published().flat()).toEqual(idsOf(events));
    expect(box.logLines.filter((line) => line.startsWith('warn: '))).toEqual([
      'warn: the queue is full; events wait in the outbox until there is room',
    ]);
  });

  it('gets later events behind those already waiting', async () => {
    box.queue.maxJobs = 1;
    box.start();
    await settle();
    const [first, second] = await box.bookTimes(2);
    if (first && second) box.publish(first, second);
    await until(() => expect(box.queue.has.size).toBe(1));
    const third = await box.book();
    box.publish(third);
    box.queue.maxJobs = 3;
    await until(() => expect(box.published().flat()).toEqual([first?.id, second?.id, third.id]));
    const fourth = await box.book();
    box.queue.maxJobs = 4;
    box.publish(fourth);
    await until(() => expect(box.published().flat().at(-1)).toBe(fourth.id));
    expect(await box.attempts()).toEqual([0, 0, 0, 0]);
  });
});

it('withdraws jobs from an almost full Redis, and publishes them again when there is room', async () => {
  box.start();
  await settle();
  const events = await box.bookTimes(5);
  box.publish(...events);
  await until(() => expect(box.queue.has.size).toBe(5));
  box.queue.has.add('foreign');
  box.queue.isFull = true;
  box.queue.maxJobs = 1;
  box.queue.comeBack();
  await until(() => expect(box.queue.has).toEqual(new Set(['foreign'])));
  box.queue.maxJobs = 6;
  await until(() => expect(box.queue.has).toEqual(new Set(['foreign', ...idsOf(events)])));
  expect(await box.attempts()).toEqual([2, 2, 2, 2, 2]);
  expect(box.logLines).toContain('warn: Redis is almost full: withdrew jobs whose events are still in the outbox');
});

it('sends one event to a Redis that rejects writes, however many sweeps run and events wait', async () => {
  box.start();
  const [before, first, ...others] = await box.bookTimes(5);
  if (before) box.publish(before);
  await until(() => expect(box.queue.has.size).toBe(1));
  await settle();
  const sentBefore = box.queue.commands.length;
  box.queue.broken = new Error('READONLY You cannot write against a read only replica.');
  box.queue.failure = box.queue.broken;
  if (first) box.publish(first);
  box.publish(...others);
  for (let sweeps = 0; sweeps < 5; sweeps++) {
    box.queue.comeBack();
    await settle();
  }
  expect(box.queue.commands.length - sentBefore).toBeLessThanOrEqual(1);
  box.queue.broken = undefined;
  box.queue.failure = undefined;
  await until(() => expect(box.queue.has.size).toBe(5));
});
