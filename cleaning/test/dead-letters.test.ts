import { type DeadLetter, redrivenMessage } from '@hotel/contracts';
import { describe, expect, it } from 'vitest';
import { removeIfFailed } from '../src/queue/dead-letters/remove-failed.ts';
import { createDeadLetterCheck } from '../src/queue/dead-letters/store.ts';
import type { ProcessEvent } from '../src/queue/process-event.ts';
import { eventOf } from './fixtures.ts';
import { useHarness } from './harness.ts';

const harness = useHarness();
const event = eventOf('booking.created', { booking_id: 42, revision: 3 });
const other = eventOf('booking.created', { booking_id: 43 });
const send = (message: unknown = event, opts = {}) =>
  harness.queue.add('booking.created', message, { jobId: event.id, ...opts });
/** The dead letter, once its job has left the queue. */
async function deadLetterOf(id: string): Promise<DeadLetter> {
  await expect.poll(() => harness.dead.getJob(id)).toBeDefined();
  await expect.poll(() => harness.queue.getJobCountByTypes('wait', 'active', 'failed')).toBe(0);
  return (await harness.dead.getJob(id))?.data as DeadLetter;
}
const reported = () => harness.dispo.calls.map(({ body }) => body);
const failed = { event_id: event.id, revision: 3, result: 'failed' };

describe('dead-lettering a job', () => {
  it.each([
    ['not_valid', { ...event, data: { ...event.data, start: 'mrs-miller' } }, /not a valid dispo event: data\.start: /],
    ['unknown_type', { ...event, type: 'booking.praised' }, /a type unknown to this worker/],
    ['newer_version', { ...event, specversion: '2.0' }, /a newer contract/],
    ['newer_version', { ...event, dataschema: 'urn:hotel:event:2' }, /a newer contract/],
  ])('happens at once when its message is %s, and is reported to dispo', async (reason, message, error) => {
    harness.startWorker();
    await send(message);
    const deadLetter = await deadLetterOf(event.id);
    expect(deadLetter).toMatchObject({ message, reason, error: expect.stringMatching(error), attempts: 1 });
    expect(deadLetter.error).not.toContain('miller');
    expect(reported()).toEqual([failed]);
  });

  it.each([['text'], [7], [[1, 2]], [{}]])(
    'happens without a report when its message is not an event at all: %j',
    async (message) => {
      harness.startWorker();
      await send(message);
      expect(await deadLetterOf(event.id)).toMatchObject({ message, reason: 'not_valid' });
      expect(reported()).toEqual([]);
    },
  );

  it('happens without parsing or keeping its data when it is too large', async () => {
    harness.startWorker();
    await send({ ...event, padding: 'x'.repeat(100_000) });
    const deadLetter = await deadLetterOf(event.id);
    expect(deadLetter).toMatchObject({ message: { unreadable: 'too_large' }, reason: 'too_large', attempts: 1 });
    expect(deadLetter.error).toMatch(/it has 100\d{3} bytes, the limit is 65536/);
    expect(harness.outcomes).toEqual([]);
  });

  it('happens when its data is not JSON, and the next job is processed', async () => {
    await send();
    await harness.redis.hset(harness.queue.toKey(event.id), 'data', '{"mrs-miller');
    harness.startWorker();
    const deadLetter = await deadLetterOf(event.id);
    expect(deadLetter).toMatchObject({
      message: { unreadable: 'not_json', bytes: 12 },
      reason: 'not_valid',
      error: expect.stringContaining('not JSON'),
    });
    await harness.queue.add('booking.created', other, { jobId: other.id });
    await expect.poll(() => harness.outcomes).toEqual(['applied']);
  });

  it('does not replace the right event in the plan or the dead letters when its event has another id', async () => {
    harness.startWorker();
    await harness.queue.add('booking.created', event, { jobId: other.id });
    const deadLetter = await deadLetterOf(`mismatched-${other.id}`);
    expect(deadLetter).toMatchObject({
      message: event,
      reason: 'not_valid',
      error: expect.stringContaining('differs'),
    });
    await harness.queue.add('booking.created', other, { jobId: other.id });
    await send();
    await expect
      .poll(() => reported().map((body) => (body as { result: string }).result))
      .toEqual(['planned', 'planned']);
    expect(harness.outcomes).toEqual(['applied', 'applied']);
    expect(await harness.deadLetters.count()).toBe(1);
  });

  it('happens when all its attempts have failed', async () => {
    harness.dispo.next.push(500, 500, 500, 500);
    harness.startWorker();
    await send();
    expect(await deadLetterOf(event.id)).toMatchObject({ message: event, reason: 'attempts_used_up', attempts: 4 });
    expect(await harness.redis.keys(`${harness.queue.toKey(event.id)}*`)).toEqual([]);
    expect(reported().at(-1)).toEqual(failed);
  });

  it.each([502, 503, 504])(
    'does not happen when dispo was unavailable for all attempts (%i): its outbox has the event',
    async (status) => {
      harness.dispo.next.push(status, status, status, status);
      harness.startWorker();
      await send();
      await expect.poll(() => harness.outcomes).toEqual(['applied', 'duplicate', 'duplicate', 'duplicate']);
      await expect.poll(() => harness.queue.getJob(event.id)).toBeUndefined();
      expect(await harness.deadLetters.count()).toBe(0);
      expect(reported().map((body) => (body as { result: string }).result)).not.toContain('failed');
      await send();
      await expect.poll(() => reported().length).toBe(5);
    },
  );

  it('does not happen when the database was unavailable for all attempts: the outbox of dispo has the event', async () => {
    await harness.database.refuseWrites();
    harness.startWorker();
    await send();
    await expect.poll(() => harness.queue.getJob(event.id)).toBeUndefined();
    expect(await harness.deadLetters.count()).toBe(0);
    expect(reported()).toEqual([]);
  });

  it('happens when dispo was unavailable for all attempts of a redriven job, which has a dead letter', async () => {
    harness.dispo.next.push(503, 503, 503, 503);
    harness.startWorker();
    await send({ ...event, redriven: '2027-01-31T08:00:00.000Z' });
    expect(await deadLetterOf(event.id)).toMatchObject({ reason: 'attempts_used_up' });
  });

  it('happens when its last attempt timed out', async () => {
    harness.startWorker({ processEvent: () => new Promise(() => {}), deadlineMs: 5 });
    await send();
    expect(await deadLetterOf(event.id)).toMatchObject({
      reason: 'deadline',
      error: 'not done within 0.005 s',
      attempts: 4,
    });
  });

  it('happens when its workers have crashed too often', async () => {
    await send();
    await harness.redis.hset(harness.queue.toKey(event.id), { stc: '11' });
    harness.startWorker();
    expect(await deadLetterOf(event.id)).toMatchObject({ reason: 'stalled', attempts: 1 });
    expect(harness.outcomes).toEqual([]);
  });

  it('prefixes an id that BullMQ generated', async () => {
    harness.startWorker();
    const { id } = await harness.queue.add('x', 'text');
    expect(id).toMatch(/^\d+$/);
    await expect.poll(() => harness.dead.getJob(`job-${id}`)).toBeDefined();
  });
});

describe('a failed job whose worker crashes', () => {
  const noTowels = async () => {
    throw new Error('no towels');
  };
  const tooLarge = { ...event, padding: 'x'.repeat(100_000) };

  /** Fails a job like a worker that is killed right after. */
  async function failAndDie({
    message = event,
    ...options
  }: {
    message?: object;
    deadlineMs?: number;
    processEvent?: ProcessEvent;
  }) {
    const dying = harness.startWorker(options);
    await dying.mover[Symbol.asyncDispose]();
    dying.mover.move = () => {};
    await send(message, { attempts: 1 });
    await expect.poll(() => harness.queue.getFailedCount()).toBe(1);
    await dying[Symbol.asyncDispose]();
  }

  it('becomes a dead letter by the next worker', async () => {
    await failAndDie({ processEvent: noTowels });
    expect(await harness.deadLetters.count()).toBe(0);
    harness.startWorker();
    expect(await deadLetterOf(event.id)).toMatchObject({
      message: event,
      reason: 'attempts_used_up',
      error: 'no towels',
    });
    expect(reported()).toEqual([failed]);
  });

  it.each([
    { reason: 'too_large', message: tooLarge },
    { reason: 'deadline', deadlineMs: 5, processEvent: () => new Promise<void>(() => {}) },
  ])('keeps the reason of its dead letter: $reason', async ({ reason, ...how }) => {
    await failAndDie(how);
    harness.startWorker();
    expect(await deadLetterOf(event.id)).toMatchObject({ reason });
  });

  it('becomes a dead letter for the same reason when it is too large and is attempted again', async () => {
    await failAndDie({ message: tooLarge });
    await (await harness.queue.getJob(event.id))?.retry('failed');
    harness.startWorker();
    const { reason, error } = await deadLetterOf(event.id);
    expect(reason).toBe('too_large');
    expect(error).toMatch(/it has 100\d{3} bytes/);
  });

  it('stays a dead letter during an outage of dispo, and is reported later', async () => {
    harness.dispo.next.push(503, 503, 503);
    harness.startWorker({ processEvent: noTowels });
    await send(event, { attempts: 1 });
    await expect.poll(() => harness.dead.getJob(event.id)).toBeDefined();
    const first = (await harness.dead.getJob(event.id))?.data;
    expect(await deadLetterOf(event.id)).toEqual(first);
    expect(reported()).toEqual([failed, failed, failed, failed]);
  });
});

it('retries a failed move with growing delays, so that its trace does not grow with every sweep', async () => {
  harness.dispo.next.push(503, 503, 503);
  const began = performance.now();
  harness.startWorker();
  await send({ ...event, type: 'booking.praised' });
  await expect.poll(() => reported().length, { timeout: 60_000 }).toBe(4);
  // The first retry is immediate, the next ones follow after 1 s and 2 s; the sweep runs every 0.1 s.
  expect(performance.now() - began).toBeGreaterThanOrEqual(3_000);
  expect((await deadLetterOf(event.id)).reason).toBe('unknown_type');
});

describe('a redriven event', () => {
  const failedBefore = (message: unknown): DeadLetter => ({
    message,
    reason: 'attempts_used_up',
    error: 'no towels',
    failed_at: '2027-01-30T09:15:00.000Z',
    attempts: 8,
  });
  const put = (message: unknown) =>
    harness.deadLetters.put({ id: event.id, name: 'booking.created', opts: { attempts: 4 } }, failedBefore(message));
  const redrive = (message: unknown) => send(redrivenMessage(failedBefore(message), new Date()));

  it('is removed from the dead letters when it succeeds', async () => {
    await put(event);
    harness.startWorker();
    await redrive(event);
    await expect.poll(() => harness.deadLetters.count()).toBe(0);
    expect(harness.outcomes).toEqual(['applied']);
    expect(reported()).toEqual([{ ...failed, result: 'planned' }]);
  });

  it('remains one dead letter when it fails again, with the latest failure', async () => {
    const strange = { ...event, type: 'booking.praised' };
    await put(strange);
    harness.startWorker();
    await redrive(strange);
    expect(await deadLetterOf(event.id)).toMatchObject({ reason: 'unknown_type', attempts: 1 });
    expect(await harness.deadLetters.count()).toBe(1);
  });

  it('stays in the queue when the worker removes the failed job that it has replaced', async () => {
    await redrive(event);
    await removeIfFailed(harness.redis, harness.prefix, event.id);
    expect(await harness.queue.getJobState(event.id)).toBe('waiting');
    harness.startWorker();
    await expect.poll(() => harness.outcomes).toEqual(['applied']);
  });

  it('is applied once even when redriven twice', async () => {
    await put(event);
    harness.startWorker();
    await redrive(event);
    await expect.poll(() => harness.deadLetters.count()).toBe(0);
    // The dead letter is removed first; while the job exists, BullMQ ignores another with its id.
    await expect.poll(() => harness.queue.getJob(event.id)).toBeUndefined();
    await redrive(event);
    await expect.poll(() => harness.outcomes).toEqual(['applied', 'duplicate']);
  });
});

it('reports the number of dead letters in the readiness check', async () => {
  const check = createDeadLetterCheck(harness.deadLetters);
  expect(await check()).toBe('none');
  harness.startWorker();
  await send('text');
  await deadLetterOf(event.id);
  await expect(check()).rejects.toThrow('1 in cleaning-dead; `pnpm dead list` shows them');
});
