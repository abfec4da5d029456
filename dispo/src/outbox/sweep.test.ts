import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestOutbox, settle, type TestOutbox, until } from '../../test/outbox.ts';
import { outbox } from '../schema.ts';

let box: TestOutbox;
beforeEach(async () => {
  box = await openTestOutbox();
});
afterEach(() => box[Symbol.asyncDispose]());

describe('a sweep', () => {
  it('at the start publishes what a crash has left, and nothing that the queue has', async () => {
    const [lost, queued] = await box.bookTimes(2);
    box.queue.has.add(queued?.id ?? '');
    box.start();
    await until(() => expect(box.published()).toEqual([[lost?.id]]));
    await settle();
    expect(box.queue.commands).toHaveLength(1);
    expect(box.said).toContain('info: publishing events that are neither confirmed nor in the queue');
  });

  it('comes by itself, every now and then', async () => {
    box.start(20);
    const event = await box.book();
    await until(() => expect(box.queue.has).toEqual(new Set([event.id])));
    box.queue.has.clear();
    await until(() => expect(box.queue.has).toEqual(new Set([event.id])));
  });

  it('publishes again what a Redis has forgotten, in the same trace and with the number of the attempt', async () => {
    box.hotel.context = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' };
    box.start();
    box.publish(await box.book());
    await until(() => expect(box.queue.has.size).toBe(1));
    box.queue.has.clear();
    box.queue.comeBack();
    await until(() => expect(box.queue.commands).toHaveLength(2));
    expect(box.queue.commands[1]).toEqual(box.queue.commands[0]);
    expect(box.attempts()).toEqual([2]);
  });

  it('leaves alone what has been confirmed while it asked the queue', async () => {
    const event = await box.book();
    const { missing } = box.queue;
    box.queue.missing = async (ids) => {
      await box.hotel.sqlite.write(() => box.hotel.store.confirm(event.id));
      return missing(ids);
    };
    box.start();
    await settle();
    expect(box.queue.commands).toEqual([]);
  });

  it('leaves alone what is on its way', async () => {
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
    expect(box.attempts()).toEqual([0]);
  });

  it('finds everything, however much it is', async () => {
    const template = await box.book();
    await box.hotel.sqlite.write(() => {
      const { subject: _, context, ...row } = template;
      const rows = Array.from({ length: 1_100 }, (_, i) => ({ ...row, id: `z-${i}`, booking_id: 1, ...context }));
      for (let i = 0; i < rows.length; i += 100) {
        box.hotel.sqlite.orm
          .insert(outbox)
          .values(rows.slice(i, i + 100))
          .run();
      }
    });
    box.start();
    await until(() => expect(box.queue.has.size).toBe(1_101));
  });

  it('makes due what a wrong clock has put off, and says so', async () => {
    box.queue.hasten = async () => 3;
    box.start();
    await until(() =>
      expect(box.said).toContain('warn: events were put off by a clock that is wrong; they are due now'),
    );
  });

  it('that fails is told, and the next one finds what it did not', async () => {
    const event = await box.book();
    const { missing } = box.queue;
    box.queue.missing = () => Promise.reject(new Error('Redis did not answer'));
    box.start();
    await until(() => expect(box.said).toContain('warn: the outbox could not be swept; it will be tried again'));
    expect(box.queue.commands).toEqual([]);
    box.queue.missing = missing;
    await settle();
    box.queue.comeBack();
    await until(() => expect(box.published()).toEqual([[event.id]]));
  });
});
