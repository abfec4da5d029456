import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError, readArguments, UsageError } from '@hotel/cli';
import type { DeadLetter } from '@hotel/contracts';
import { freePorts, provideRedis, type RedisServer } from '@hotel/system';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runDead } from '../../test/dead.ts';
import { PLAIN } from '../cli/terminal.ts';
import { lockData } from '../run/run-file.ts';
import { options, readAction } from './action.ts';
import { openDeadQueue } from './queue.ts';
import { redriveAll } from './redrive-all.ts';

const ID = '0198c5a0-0000-7000-8000-000000000001';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const message = {
  specversion: '1.0',
  id: ID,
  type: 'booking.created',
  subject: 'bookings/42',
  data: { booking_id: 42 },
};
const letter: DeadLetter = {
  message,
  reason: 'attempts_used_up',
  error: 'dispo cannot be reached',
  traceparent: `00-${TRACE}-00f067aa0ba902b7-03`,
  failed_at: '2027-01-30T09:16:00.000Z',
  attempts: 8,
};

let dir: string;
let server: RedisServer;
let redis: Redis;
let letters: Queue<DeadLetter>;
let cleaning: Queue;
let dispo: Server;
let dispoUrl: string;
let status: number;
const requests: unknown[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hotel-dead-'));
  server = await provideRedis({ dataDir: dir });
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
});
afterAll(async () => {
  redis?.disconnect();
  await server?.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(async ({ task }) => {
  requests.length = 0;
  status = 204;
  const options = { connection: redis, prefix: `test-${task.id}` };
  letters = new Queue<DeadLetter>('cleaning-dead', options);
  cleaning = new Queue('cleaning', options);
  dispo = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    requests.push([request.method, request.url, JSON.parse(text)]);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => dispo.listen(0, '127.0.0.1', resolve));
  dispoUrl = `http://127.0.0.1:${(dispo.address() as { port: number }).port}`;
});
afterEach(async () => {
  dispo.closeAllConnections();
  await Promise.all([letters.close(), cleaning.close(), new Promise((resolve) => dispo.close(resolve))]);
});

const put = (id = ID, more: Partial<DeadLetter> = {}) =>
  letters.add('booking.created', { ...letter, ...more }, { jobId: id, attempts: 8 });

/** What the command prints, without a process of its own. */
async function dead(...args: string[]): Promise<string> {
  const action = readAction(readArguments(args, { options, positionals: 2 }));
  await using queue = openDeadQueue(redis, letters.opts.prefix ?? '', () => new Date());
  return action({ queue, dispo: { url: dispoUrl }, terminal: PLAIN });
}

const environment = (more: Record<string, string> = {}) => ({
  REDIS_URL: server.url,
  HOTEL_QUEUE_PREFIX: letters.opts.prefix ?? '',
  HOTEL_DATA_DIR: join(dir, 'none'),
  DISPO_INTERNAL_URL: dispoUrl,
  ...more,
});

const run = (args: string[], env?: Record<string, string>) => runDead(args, environment(env));

/** Runs the command in a process. */
function spawned(args: string[], env?: Record<string, string>): Promise<{ code: number; out: string; err: string }> {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return new Promise((resolve) => {
    const options = { env: { PATH, NODE_COMPILE_CACHE, ...environment(env) } };
    const file = join(import.meta.dirname, '../dead.ts');
    const child = execFile(process.execPath, [file, ...args], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
    child.stdin?.end();
  });
}

describe('list and show', () => {
  it('write nothing when there are no dead letters', async () => {
    const prefix = 'untouched';
    expect(await spawned(['list'], { HOTEL_QUEUE_PREFIX: prefix })).toEqual({
      code: 0,
      out: 'There are no dead letters.\n',
      err: '',
    });
    expect(await redis.keys(`${prefix}:*`)).toEqual([]);
  });

  it('print dead letters oldest first, without control characters', async () => {
    await put();
    await put(ID.replace(/1$/, '2'), { error: 'bad \u001b[2J', attempts: 1, reason: 'not_valid', message: 'text' });
    const out = await dead('list');
    expect(out.split('\n')).toEqual([
      `${ID}  2027-01-30 09:16:00 UTC  booking.created  booking 42  8 attempts`,
      '    every attempt failed: dispo cannot be reached',
      `${ID.replace(/1$/, '2')}  2027-01-30 09:16:00 UTC  booking.created              1 attempt`,
      '    invalid event: bad \ufffd[2J',
      '',
      '2 dead letters. Next: npx -y pnpm@12 dead show ID, redrive ID or drop ID',
    ]);
  });

  it('print a page with the command for the next page', async () => {
    const ids = Array.from({ length: 25 }, (_, i) => ID.replace(/01$/, String(10 + i)));
    for (const id of ids) await put(id);
    const shown = (out: string) => [...out.matchAll(/^[0-9a-f-]{36}/gm)].map(([id]) => id);
    const first = await dead('list', '--limit', '15');
    expect(shown(first)).toEqual(ids.slice(0, 15));
    expect(first).toContain('\n1 to 15 of 25 dead letters.');
    expect(first).toMatch(/\nNext page: npx -y pnpm@12 dead list --skip 15$/);
    const rest = await dead('list', '--skip', '15');
    expect(shown(rest)).toEqual(ids.slice(15));
    expect(rest).not.toContain('Next page');
    expect(await dead('list', '--skip', '25')).toBe('There are only 25 dead letters.');
  });

  it('print all details of a dead letter', async () => {
    await put();
    const out = await dead('show', ID);
    expect(out).toMatch(new RegExp(`^Dead letter ${ID}\\n  event    booking.created\\n  booking  booking 42\\n`));
    expect(out).toContain(`  trace    npx -y pnpm@12 trace ${TRACE}\n`);
    expect(JSON.parse(out.slice(out.indexOf('\n{')))).toEqual(message);
  });
});

describe('redrive', () => {
  it('requeues the unchanged message with its failed attempt, and keeps the dead letter until it succeeds', async () => {
    await put();
    expect(await dead('redrive', ID)).toBe(`${ID} is requeued; its trace: npx -y pnpm@12 trace ${TRACE}`);
    const job = await cleaning.getJob(ID);
    expect(job?.name).toBe('booking.created');
    expect(job?.opts.attempts).toBe(8);
    expect(job?.data).toEqual({ ...message, redriven: expect.any(String), failedtraceparent: letter.traceparent });
    expect(await dead('list')).toContain('requeued; ');
    expect(await dead('redrive', ID)).toContain(`${ID} is already in the queue`);
    expect(await cleaning.getWaitingCount()).toBe(1);
  });

  it('requeues all dead letters', async () => {
    await put();
    await put(ID.replace(/1$/, '2'));
    expect(await dead('redrive', '--all')).toContain('2 requeued, 0 already');
    expect(await cleaning.getWaitingCount()).toBe(2);
    expect(await dead('redrive', '--all')).toContain('0 requeued, 2 already in the queue');
  });

  it('requeues no more than the worker takes, and reports when it takes none', async () => {
    const ids = Array.from({ length: 205 }, (_, i) => ID.replace(/001$/, String(100 + i)));
    await letters.addBulk(
      ids.map((jobId) => ({ name: 'booking.created', data: letter, opts: { jobId, attempts: 8 } })),
    );
    await using queue = openDeadQueue(redis, letters.opts.prefix ?? '', () => new Date());
    const options = { maxWaiting: 100, stallTimeoutMs: 300, onProgress() {} };
    await expect(redriveAll(queue, options)).rejects.toThrow(
      /^100 events were requeued and 100 are waiting: .*cleaning-worker/,
    );
    expect(await cleaning.getWaitingCount()).toBe(100);

    const all = redriveAll(queue, { ...options, stallTimeoutMs: 60_000 });
    const worker = setInterval(() => void cleaning.drain(), 50);
    expect(await all.finally(() => clearInterval(worker))).toMatchObject({ requeued: expect.any(Number) });
    await expect.poll(() => letters.getWaitingCount()).toBe(205);
  });
});

describe('drop', () => {
  it('notifies dispo, then deletes the dead letter', async () => {
    await put();
    expect(await run(['drop', ID, '--yes'])).toEqual({ code: 0, out: `${ID} was dropped.`, err: '' });
    expect(requests).toEqual([['PUT', '/internal/v1/bookings/42/cleaning', { event_id: ID, result: 'dropped' }]]);
    expect(await letters.getWaitingCount()).toBe(0);
  });

  it('drops nothing when dispo cannot be notified', async () => {
    await put();
    status = 503;
    await expect(dead('drop', ID, '--yes')).rejects.toThrow('answered 503');
    const [port] = await freePorts(1);
    const away = await run(['drop', ID, '--yes'], { DISPO_INTERNAL_URL: `http://127.0.0.1:${port}` });
    expect(away).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Nothing was dropped: .*ECONNREFUSED.*DISPO_INTERNAL_URL/),
    });
    expect(await letters.getWaitingCount()).toBe(1);
  });

  it('drops nothing that has been redriven', async () => {
    await put();
    await dead('redrive', ID);
    await expect(dead('drop', ID, '--yes')).rejects.toThrow('has been requeued');
    expect(requests).toEqual([]);
  });
});

describe('an impossible command', () => {
  it.each([['show'], ['redrive'], ['drop']])('%s reports an unknown dead letter', async (verb) => {
    const yes = verb === 'drop' ? ['--yes'] : [];
    await expect(dead(verb, 'nothing', ...yes)).rejects.toThrow(
      new CommandError('There is no dead letter nothing. List them with: npx -y pnpm@12 dead list'),
    );
  });

  it('reports the address of an unreachable Redis without its password', async () => {
    const [port] = await freePorts(1);
    const { code, err } = await run(['list'], { REDIS_URL: `redis://:secret@127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^Redis at 127.0.0.1:${port} cannot be reached: .*ECONNREFUSED.*\n.*REDIS_URL`));
    expect(err).not.toContain('secret');
    expect(await run(['list'], { REDIS_URL: 'here' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('not a URL'),
    });
  });

  it.each([
    [[]],
    [['delete']],
    [['list', '--all']],
    [['list', '--limit', '0']],
    [['list', '--skip', 'x']],
    [['show', ID, '--skip', '1']],
    [['redrive']],
    [['redrive', ID, '--all']],
    [['drop', ID]],
  ])('%j is rejected before anything is connected', (args) => {
    expect(() => readAction(readArguments(args, { options, positionals: 2 }))).toThrow(UsageError);
  });

  it('prints its usage and exits with 2 before connecting', async () => {
    const { code, out, err } = await spawned(['drop', ID], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('Usage: npx -y pnpm@12 dead');
  });
});

it('finds the Redis of the run that uses this data folder', async () => {
  await put();
  const dataDir = join(dir, 'run');
  const lock = await lockData(dataDir);
  await lock.publish({
    system: 'hotel',
    portOffset: 0,
    urls: { REDIS_URL: server.url, HOTEL_QUEUE_PREFIX: letters.opts.prefix ?? '' },
  });
  try {
    const { out } = await run(['list'], { HOTEL_DATA_DIR: dataDir, REDIS_URL: '', HOTEL_QUEUE_PREFIX: '' });
    expect(out).toContain(ID);
  } finally {
    lock.release();
  }
});
