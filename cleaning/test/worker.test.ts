import type { BookingEvent } from '@hotel/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { createDayRepository } from '../src/days/repository.ts';
import type { QueueWorker } from '../src/queue/worker.ts';
import { eventOf } from './fixtures.ts';
import { useHarness } from './harness.ts';

const harness = useHarness();
let worker: QueueWorker;
beforeEach(() => {
  worker = harness.startWorker();
});

const send = (event: BookingEvent) => harness.queue.add(event.type, event, { jobId: event.id });
const days = () =>
  createDayRepository(harness.database.database).list({ start: '2027-02-01', end: '2027-02-28', limit: 200 });
const jobs = async () => {
  const { active, waiting, delayed, failed } = await harness.queue.getJobCounts();
  return { open: Number(active) + Number(waiting) + Number(delayed), failed: Number(failed) };
};
const allDone = () => expect.poll(jobs).toEqual({ open: 0, failed: 0 });
const confirmed = () => harness.dispo.calls.map(({ body }) => (body as { event_id: string }).event_id);

describe('the worker', () => {
  it('plans a stay, reports it to dispo, and leaves no job behind', async () => {
    const event = eventOf('booking.created', { booking_id: 42 });
    await send(event);
    await allDone();
    expect(harness.dispo.calls).toEqual([
      {
        method: 'PUT',
        path: '/internal/v1/bookings/42/cleaning',
        body: { event_id: event.id, revision: 1, result: 'planned' },
      },
    ]);
    expect(await days()).toEqual([
      { day: '2027-02-04', room: '101', final: 0 },
      { day: '2027-02-05', room: '101', final: 0 },
      { day: '2027-02-06', room: '101', final: 1 },
    ]);
  });

  it('retries until dispo confirms, and plans once', async () => {
    harness.dispo.next.push(500, 404);
    await send(eventOf('booking.created'));
    await allDone();
    expect(harness.dispo.calls).toHaveLength(3);
    expect(harness.outcomes).toEqual(['applied', 'duplicate', 'duplicate']);
    expect(await days()).toHaveLength(3);
  });

  it('confirms a duplicate event without a second effect', async () => {
    const event = eventOf('booking.created');
    await send(event);
    await allDone();
    await send(event);
    await allDone();
    expect(harness.outcomes).toEqual(['applied', 'duplicate']);
    expect(confirmed()).toEqual([event.id, event.id]);
  });

  it('confirms events that arrive in the wrong order, and keeps the later revision', async () => {
    const moved = eventOf('booking.changed', { revision: 2, room_id: 2, room: '102' });
    const created = eventOf('booking.created');
    await send(moved);
    await allDone();
    await send(created);
    await allDone();
    expect(harness.outcomes).toEqual(['applied', 'outdated']);
    expect(confirmed()).toEqual([moved.id, created.id]);
    expect((await days()).map(({ room }) => room)).toEqual(['102', '102', '102']);
  });

  it('dead-letters a job that is not an event at once, and continues with the next', async () => {
    await harness.queue.add(
      'booking.created',
      { ...eventOf('booking.created'), data: 'mrs-miller' },
      { jobId: 'not-an-event' },
    );
    await send(eventOf('booking.created'));
    await allDone();
    expect(harness.outcomes).toEqual(['applied']);
    expect(await harness.deadLetters.count()).toBe(1);
  });

  it('completes a job only when dispo has confirmed it, and does not close before', async () => {
    harness.dispo.next.push('later');
    await send(eventOf('booking.created'));
    await expect.poll(() => harness.dispo.calls.length).toBe(1);
    expect(await days()).toHaveLength(3);
    expect(await jobs()).toEqual({ open: 1, failed: 0 });

    let closed = false;
    const closing = worker[Symbol.asyncDispose]().then(() => {
      closed = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(closed).toBe(false);
    harness.dispo.answer();
    await closing;
    expect(await jobs()).toEqual({ open: 0, failed: 0 });
  });
});
