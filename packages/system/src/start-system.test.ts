import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRoot, environmentOf, fakeProcess, fakeSystem, isAlive } from '../test/fake-system.ts';
import type { UnexpectedExit } from './process/child.ts';
import { answeringPid } from './redis/ping.ts';
import type { RedisServer } from './redis/server.ts';
import { type RunningSystem, startSystem } from './start-system.ts';

let place: Awaited<ReturnType<typeof createRoot>>;
const running: RunningSystem[] = [];

beforeEach(async () => {
  place = await createRoot();
});
afterEach(async () => {
  for (const system of running.splice(0)) await system.stop();
  await place.remove();
});

const journaled = (name: string, more: Parameters<typeof fakeProcess>[2] = {}, mode = 'good') =>
  fakeProcess(name, { FAKE_JOURNAL: place.journal, FAKE_MODE: mode }, more);

async function start(
  processes: ReturnType<typeof fakeProcess>[],
  options: Partial<Parameters<typeof startSystem>[1]> = {},
) {
  const system = await startSystem(fakeSystem(processes), {
    root: place.root,
    dataDir: place.dataDir,
    ports: 'free',
    ...options,
  });
  running.push(system);
  return system;
}

it('starts everything on free ports and gives every process its environment', async () => {
  const system = await start([journaled('a'), journaled('b', { traced: false })], { env: { LOG_LEVEL: 'warn' } });
  const env = await environmentOf(system.urls.A_PORT);
  expect(env).toMatchObject({
    OTEL_SERVICE_NAME: 'a',
    LOG_LEVEL: 'warn',
    HOTEL_DATA_DIR: place.dataDir,
    B_PORT: String(system.ports.B_PORT),
  });
  expect(await environmentOf(system.urls.B_PORT)).not.toHaveProperty('OTEL_SERVICE_NAME');
});

it('starts a process only when those in its `after` list are ready', async () => {
  await start([journaled('a'), journaled('b', { after: ['a'] }), journaled('c', { after: ['b'] })]);
  expect(await place.entries()).toEqual(['start a', 'start b', 'start c']);
});

it('stops traced processes in reverse order, and the receiver of their spans last', async () => {
  const system = await start([journaled('viewer', { traced: false }), journaled('a'), journaled('b')]);
  const results = await system.stop();
  expect(results.map(({ name, code }) => `${name} ${code}`)).toEqual(['b 0', 'a 0', 'viewer 0']);
  expect((await place.entries()).slice(3)).toEqual(['stop b', 'stop a', 'stop viewer']);
});

it('stops the other processes when one does not start, and reports why', async () => {
  await expect(start([journaled('a'), journaled('b', { after: ['a'] }, 'broken')])).rejects.toThrow(
    /b ended with code 1 before it was ready.\n.*FAKE_COLOR/,
  );
  expect(await place.entries()).toEqual(['start a', 'stop a']);
});

it('starts nothing when a port is taken', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await expect(start([journaled('a'), journaled('b')], { env: { B_PORT: String(port) } })).rejects.toThrow(
    `Port ${port} is taken, and b needs it.`,
  );
  expect(await place.entries()).toEqual([]);
  server.close();
});

it('restarts one process with the same environment, and not the others', async () => {
  const system = await start([journaled('a'), journaled('b')]);
  const before = [...system.processes.values()].map(({ pid }) => pid);
  await system.restart('a', { FAKE_EXTRA: '1' });
  const after = [...system.processes.values()].map(({ pid }) => pid);
  expect(after[0]).not.toBe(before[0]);
  expect(after[1]).toBe(before[1]);
  expect(await environmentOf(system.urls.A_PORT)).toMatchObject({ OTEL_SERVICE_NAME: 'a', FAKE_EXTRA: '1' });
});

it('reports only unexpected exits', async () => {
  const ends: UnexpectedExit[] = [];
  const system = await start([journaled('a'), journaled('b')], { onUnexpectedExit: (ended) => ends.push(ended) });
  await system.restart('a');
  system.processes.get('a')?.kill('SIGKILL');
  await fetch(`${system.urls.B_PORT}/end`).catch(() => {});
  await system.processes.get('b')?.exited;
  expect(ends).toEqual([{ name: 'b', code: 7, signal: null, lastLines: ['b listens'] }]);
});

it('waits only for the processes in `waitFor`', async () => {
  const system = await start([journaled('a'), journaled('b', {}, 'unready')], { waitFor: ['a'] });
  expect(system.processes.get('b')?.asked()).toBe(false);
});

it('aborts the start on its signal, and leaves nothing running', async () => {
  const controller = new AbortController();
  const started = start([journaled('a'), journaled('b', { after: ['a'] }, 'unready')], {
    signal: controller.signal,
    onLine: ({ process }) => process === 'b' && controller.abort(new Error('enough')),
  });
  await expect(started).rejects.toThrow('enough');
  expect(await place.entries()).toEqual(['start a', 'start b', 'stop b', 'stop a']);
});

it('gives the system a private Redis that ends with it, and reports its unexpected exit', async () => {
  const ends: UnexpectedExit[] = [];
  const system = await startSystem(fakeSystem([journaled('a')], true), {
    root: place.root,
    dataDir: place.dataDir,
    ports: 'free',
    onUnexpectedExit: (ended) => ends.push(ended),
  });
  running.push(system);
  const redis = system.redis as RedisServer;
  expect((await environmentOf(system.urls.A_PORT)).REDIS_URL).toBe(redis.url);
  await redis.kill('SIGKILL');
  await redis.start({ empty: true });
  expect(await answeringPid(redis.port)).toBe(redis.pid);
  expect(ends).toEqual([]);
  process.kill(redis.pid, 'SIGKILL');
  await redis.exited;
  expect(ends).toMatchObject([{ name: 'redis', code: null, signal: 'SIGKILL' }]);
  await redis.start();
  await system.stop();
  expect(await answeringPid(redis.port)).toBeUndefined();
});

it('uses an existing Redis and starts none', async () => {
  const system = await startSystem(fakeSystem([journaled('a')], true), {
    root: place.root,
    dataDir: place.dataDir,
    ports: 'free',
    env: { REDIS_URL: 'redis://elsewhere:1' },
  });
  running.push(system);
  expect(system.redis).toBeUndefined();
  expect((await environmentOf(system.urls.A_PORT)).REDIS_URL).toBe('redis://elsewhere:1');
  expect([...system.processes.values()].every(({ pid }) => isAlive(pid))).toBe(true);
});
