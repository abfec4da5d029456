import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DeadLetter, redrivenMessage } from '@hotel/contracts';
import { provideRedis, type RedisServer } from '@hotel/system';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDeadLetterCheck } from '../src/queue/dead-letters.ts';
import type { Handle } from '../src/queue/handle.ts';
import { removeIfFailed } from '../src/queue/remove-failed.ts';
import { openStage, type Stage } from './stage.ts';
import { eventOf } from './stand.ts';

let redisServer: RedisServer;
let redisDir: string;
let stage: Stage;

beforeAll(async () => {
  redisDir = await mkdtemp(join(tmpdir(), 'hotel-cleaning-redis-'));
  redisServer = await provideRedis({ dataDir: redisDir });
});
afterAll(async () => {
  await redisServer?.stop();
  await rm(redisDir, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  stage = await openStage(redisServer.url, `test-${task.id}`);
});
afterEach(() => stage[Symbol.asyncDispose]());

const event = eventOf('booking.created', { booking_id: 42, revision: 3 });
const other = eventOf('booking.created', { booking_id: 43 });
const send = (message: unknown = event, opts = {}) =>
  stage.queue.add('booking.created', message, { jobId: event.id, ...opts });
/** The dead letter, once its job has left the queue. */
async function letterOf(id: string): Promise<DeadLetter> {
  await expect.poll(() => stage.dead.getJob(id)).toBeDefined();
  await expect.poll(() => stage.queue.getJobCountByTypes('wait', 'active', 'failed')).toBe(0);
  return (await stage.dead.getJob(id))?.data as DeadLetter;
}
const told = () => stage.dispo.calls.map(({ body }) => body);
const failed = { event_id: event.id, revision: 3, result: 'failed' };

describe('a job is given up', () => {
  it.each([
    ['not_valid', { ...event, data: { ...event.data, start: 'mrs-miller' } }, /not an event of dispo: data\.start: /],
    ['unknown_type', { ...event, type: 'booking.praised' }, /a type that is not known here/],
    ['newer_version', { ...event, specversion: '2.0' }, /a newer contract/],
    ['newer_version', { ...event, dataschema: 'urn:hotel:event:2' }, /a newer contract/],
  ])('at once when its message is %s, and reported to dispo', async (reason, message, error) => {
    stage.startWorker();
    await send(message);
    const letter = await letterOf(event.id);
    expect(letter).toMatchObject({ message, reason, error: expect.stringMatching(error), attempts: 1 });
    expect(letter.error).not.toContain('miller');
    expect(told()).toEqual([failed]);
  });

  it.each([['text'], [7], [[1, 2]], [{}]])(
    'when its message is not an event at all: %j, and not reported',
    async (message) => {
      stage.startWorker();
      await send(message);
      expect(await letterOf(event.id)).toMatchObject({ message, reason: 'not_valid' });
      expect(told()).toEqual([]);
    },
  );

  it('when its data is too large, without parsing or keeping the data', async () => {
    stage.startWorker();
    await send({ ...event, padding: 'x'.repeat(100_000) });
    const letter = await letterOf(event.id);
    expect(letter).toMatchObject({ message: { unreadable: 'too_large' }, reason: 'too_large', attempts: 1 });
    expect(letter.error).toMatch(/it has 100\d{3} bytes, and 65536 are accepted/);
    expect(stage.outcomes).toEqual([]);
  });

  it('when its data is not JSON, and the next job is processed', async () => {
    await send();
    await stage.redis.hset(stage.queue.toKey(event.id), 'data', '{"mrs-miller');
    stage.startWorker();
    const letter = await letterOf(event.id);
    expect(letter).toMatchObject({
      message: { unreadable: 'not_json', bytes: 12 },
      reason: 'not_valid',
      error: expect.stringContaining('not JSON'),
    });
    await stage.queue.add('booking.created', other, { jobId: other.id });
    await expect.poll(() => stage.outcomes).toEqual(['applied']);
  });

  it('when its event has another id, without replacing the right event in the plan or the dead letters', async () => {
    stage.startWorker();
    await stage.queue.add('booking.created', event, { jobId: other.id });
    const letter = await letterOf(`mismatched-${other.id}`);
    expect(letter).toMatchObject({ message: event, reason: 'not_valid', error: expect.stringContaining('differs') });
    await stage.queue.add('booking.created', other, { jobId: other.id });
    await send();
    await expect.poll(() => stage.outcomes).toEqual(['applied', 'applied']);
    expect(told().map((body) => (body as { result: string }).result)).toEqual(['planned', 'planned']);
    expect(await stage.deadLetters.count()).toBe(1);
  });

  it('when all its attempts have failed', async () => {
    stage.dispo.next.push(500, 500, 500, 500);
    stage.startWorker();
    await send();
    expect(await letterOf(event.id)).toMatchObject({ message: event, reason: 'attempts_used_up', attempts: 4 });
    expect(await stage.redis.keys(`${stage.queue.toKey(event.id)}*`)).toEqual([]);
    expect(told().at(-1)).toEqual(failed);
  });

  it('when its last attempt took too long', async () => {
    stage.startWorker({ handle: () => new Promise(() => {}), deadlineMs: 5 });
    await send();
    expect(await letterOf(event.id)).toMatchObject({
      reason: 'deadline',
      error: 'not done within 0.005 s',
      attempts: 4,
    });
  });

  it('when its workers have crashed too often', async () => {
    await send();
    await stage.redis.hset(stage.queue.toKey(event.id), { stc: '11' });
    stage.startWorker();
    expect(await letterOf(event.id)).toMatchObject({ reason: 'stalled', attempts: 1 });
    expect(stage.outcomes).toEqual([]);
  });

  it('even when its id is not from dispo', async () => {
    stage.startWorker();
    const { id } = await stage.queue.add('x', 'text');
    expect(id).toMatch(/^\d+$/);
    await expect.poll(() => stage.dead.getJob(`job-${id}`)).toBeDefined();
  });
});

describe('nothing is lost between the queue and the dead letters', () => {
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
    handle?: Handle;
  }) {
    const dying = stage.startWorker(options);
    await dying.burial[Symbol.asyncDispose]();
    dying.burial.bury = () => {};
    await send(message, { attempts: 1 });
    await expect.poll(() => stage.queue.getFailedCount()).toBe(1);
    await dying.dispose();
  }

  it('by a crash before the dead letter is written: the next worker writes it', async () => {
    await failAndDie({ handle: noTowels });
    expect(await stage.deadLetters.count()).toBe(0);
    stage.startWorker();
    expect(await letterOf(event.id)).toMatchObject({ message: event, reason: 'attempts_used_up', error: 'no towels' });
    expect(told()).toEqual([failed]);
  });

  it.each([
    { reason: 'too_large', message: tooLarge },
    { reason: 'deadline', deadlineMs: 5, handle: () => new Promise<void>(() => {}) },
  ])('by a crash before the dead letter is written, not even the reason: $reason', async ({ reason, ...how }) => {
    await failAndDie(how);
    stage.startWorker();
    expect(await letterOf(event.id)).toMatchObject({ reason });
  });

  it('by a crash before a job that is too large has failed: the next attempt gives it up for the same reason', async () => {
    await failAndDie({ message: tooLarge });
    await (await stage.queue.getJob(event.id))?.retry('failed');
    stage.startWorker();
    const { reason, error } = await letterOf(event.id);
    expect(reason).toBe('too_large');
    expect(error).toMatch(/it has 100\d{3} bytes/);
  });

  it('by a crash afterwards or an outage of dispo: the dead letter stays, and is reported later', async () => {
    stage.dispo.next.push(503, 503, 503);
    stage.startWorker({ handle: noTowels });
    await send(event, { attempts: 1 });
    await expect.poll(() => stage.dead.getJob(event.id)).toBeDefined();
    const first = (await stage.dead.getJob(event.id))?.data;
    expect(await letterOf(event.id)).toEqual(first);
    expect(told()).toEqual([failed, failed, failed, failed]);
  });
});

it('a failed move is retried with growing delays, so that its trace does not grow with every sweep', async () => {
  stage.dispo.next.push(503, 503, 503);
  const began = performance.now();
  stage.startWorker();
  await send({ ...event, type: 'booking.praised' });
  await expect.poll(() => told().length, { timeout: 30_000 }).toBe(4);
  // The first retry is immediate, the next ones follow after 1 s and 2 s; the sweep runs every 0.1 s.
  expect(performance.now() - began).toBeGreaterThanOrEqual(3_000);
  expect((await letterOf(event.id)).reason).toBe('unknown_type');
});

describe('a redriven event', () => {
  const letter = (message: unknown): DeadLetter => ({
    message,
    reason: 'attempts_used_up',
    error: 'no towels',
    failed_at: '2027-01-30T09:15:00.000Z',
    attempts: 8,
  });
  const bury = (message: unknown) =>
    stage.deadLetters.put({ id: event.id, name: 'booking.created', opts: { attempts: 4 } }, letter(message));
  const redrive = (message: unknown) => send(redrivenMessage(letter(message), new Date()));

  it('is removed from the dead letters when it succeeds', async () => {
    await bury(event);
    stage.startWorker();
    await redrive(event);
    await expect.poll(() => stage.deadLetters.count()).toBe(0);
    expect(stage.outcomes).toEqual(['applied']);
    expect(told()).toEqual([{ ...failed, result: 'planned' }]);
  });

  it('that fails again is still one dead letter, with the latest failure', async () => {
    const strange = { ...event, type: 'booking.praised' };
    await bury(strange);
    stage.startWorker();
    await redrive(strange);
    expect(await letterOf(event.id)).toMatchObject({ reason: 'unknown_type', attempts: 1 });
    expect(await stage.deadLetters.count()).toBe(1);
  });

  it('stays in the queue when the worker removes the failed job that it has replaced', async () => {
    await redrive(event);
    await removeIfFailed(stage.redis, stage.prefix, event.id);
    expect(await stage.queue.getJobState(event.id)).toBe('waiting');
    stage.startWorker();
    await expect.poll(() => stage.outcomes).toEqual(['applied']);
  });

  it('is applied once even when redriven twice', async () => {
    await bury(event);
    stage.startWorker();
    await redrive(event);
    await expect.poll(() => stage.deadLetters.count()).toBe(0);
    // The dead letter is removed first; while the job exists, BullMQ ignores another with its id.
    await expect.poll(() => stage.queue.getJob(event.id)).toBeUndefined();
    await redrive(event);
    await expect.poll(() => stage.outcomes).toEqual(['applied', 'duplicate']);
  });
});

it('readiness reports the number of dead letters', async () => {
  const check = createDeadLetterCheck(stage.deadLetters);
  expect(await check()).toBe('none');
  stage.startWorker();
  await send('text');
  await letterOf(event.id);
  await expect(check()).rejects.toThrow('1 in cleaning-dead; `pnpm dead list` shows them');
});
