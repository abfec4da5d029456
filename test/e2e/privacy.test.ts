import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideRedis, type RedisServer } from '@hotel/system';
import type { TracedSystem } from '@hotel/trace-test';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLeaks } from '../leaks.ts';
import { quiet } from './harness/checks.ts';
import { book, insistOnLine, startHotel, waitUntilPlanned } from './harness/hotel.ts';
import { REPLICAS } from './harness/replicas.ts';

const GUEST = 'mrs-miller-of-room-7';
const DAY = '2033-08-19';
const PASSWORD = 'open-sesame-4711';

let dataDir: string;
let redis: RedisServer;
let admin: Redis;
let traced: TracedSystem;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-privacy-'));
  redis = await provideRedis({ dataDir });
  admin = new Redis(redis.url);
  await admin.config('SET', 'requirepass', PASSWORD);
  await admin.auth(PASSWORD);
  traced = await startHotel({
    without: ['viewer'],
    redisUrl: `redis://:${PASSWORD}@127.0.0.1:${redis.port}`,
  });
});
afterAll(async () => {
  await traced?.stop();
  admin?.disconnect();
  await redis?.stop();
  if (dataDir) await rm(dataDir, { recursive: true, force: true });
});

const bookSecretly = (end: string) =>
  book(traced, { room_id: 7, start: DAY, end }, { baggage: `guest=${GUEST},channel=web` });

const recordsOf = (body: RegExp) => traced.sink.logs().filter((record) => body.test(String(record.body)));

describe('private data', () => {
  it('is in no span, log line, log record or metric when Redis refuses a job, which ioredis attaches to the error', async () => {
    // The relay reads Redis's memory before it sends a job, but not the type of the queue's keys.
    await admin.set('hotel:cleaning:events', 'not a stream');
    const { booking } = await bookSecretly('2033-08-21');
    await insistOnLine(
      traced,
      'dispo',
      /events could not be published.*WRONGTYPE|WRONGTYPE.*events could not be published/,
    );
    await admin.del('hotel:cleaning:events');
    await waitUntilPlanned(traced, booking.id);
    await quiet(traced);
    expect(await findLeaks(traced, [GUEST, DAY, PASSWORD])).toEqual([]);
    // The search covered the right place: the failed command is there, with its reason and without the job.
    const failed = traced.sink.spans().filter(({ status, attributes }) => {
      return status.code === 'ERROR' && attributes['db.system.name'] === 'redis';
    });
    expect(failed.map(({ attributes }) => attributes['error.type'])).toContain('WRONGTYPE');
    const records = recordsOf(/^events could not be published/);
    const expected = { service: 'dispo', severityText: 'warn' };
    // With several replicas, their sweeps may fail as well.
    if (REPLICAS === 1) expect(records).toMatchObject([expected]);
    else for (const record of [records[0], ...records]) expect(record).toMatchObject(expected);
  });

  it('is in none when a job is not an event, and the reason of its dead letter contains none of its values', async () => {
    const queue = new Queue('cleaning', { connection: admin, prefix: 'hotel' });
    await queue.add('booking.created', { specversion: '1.0', [GUEST]: GUEST, data: { start: DAY, booking_id: GUEST } });
    await queue.close();
    await insistOnLine(traced, 'cleaning-worker', /moved to the dead letters/);
    await quiet(traced);
    expect(await findLeaks(traced, [GUEST, DAY, PASSWORD])).toEqual([]);
    expect(recordsOf(/moved to the dead letters/)).toMatchObject([
      { eventName: 'message.dead_lettered', attributes: { 'hotel.dead_letter.reason': 'not_valid' } },
    ]);
    const letters = new Queue('cleaning-dead', { connection: admin, prefix: 'hotel' });
    const [deadLetter] = await letters.getJobs(['wait']);
    await letters.close();
    expect(deadLetter?.data.error).toMatch(/not a valid dispo event/);
    expect(deadLetter?.data.error).not.toMatch(new RegExp(`${GUEST}|${DAY}`));
  });

  it('is in none when Redis rejects the password', async () => {
    await admin.config('SET', 'requirepass', 'another');
    await admin.call('CLIENT', 'KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES');
    await insistOnLine(traced, 'dispo', /Redis cannot be reached/);
    await insistOnLine(traced, 'cleaning-worker', /Redis cannot be reached/);
    await quiet(traced);
    expect(await findLeaks(traced, [GUEST, DAY, PASSWORD])).toEqual([]);
    expect(new Set(recordsOf(/Redis cannot be reached/).map(({ service }) => service))).toContain('dispo');
  });
});
