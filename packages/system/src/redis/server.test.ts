import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { answeringPid } from './ping.ts';
import { provideRedis, type RedisServer } from './server.ts';

let dataDir: string;
let redis: RedisServer;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-redis-'));
  redis = await provideRedis({ dataDir });
});
afterAll(async () => {
  await redis.stop();
  await rm(dataDir, { recursive: true, force: true });
});

/** Sends a command in Redis's inline form and returns the raw reply. */
function command(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(redis.port, '127.0.0.1', () => socket.write(`${line}\r\n`));
    socket.on('error', reject);
    socket.on('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}

it('answers on its own port, with the settings that a queue needs', async () => {
  expect(redis.url).toBe(`redis://127.0.0.1:${redis.port}`);
  expect(await command('PING')).toBe('+PONG\r\n');
  for (const [name, value] of [
    ['appendonly', 'yes'],
    ['appendfsync', 'everysec'],
    ['maxmemory-policy', 'noeviction'],
    ['bind', '127.0.0.1'],
    ['save', ''],
    ['dir', join(dataDir, 'redis-data')],
  ]) {
    expect((await command(`CONFIG GET ${name}`)).split('\r\n')).toContain(value);
  }
});

it('keeps its port and data across a stop and a kill, and loses the data when started empty', async () => {
  await command('SET guest known');
  await redis.stop();
  expect(await answeringPid(redis.port)).toBeUndefined();
  await redis.start();
  expect(await command('GET guest')).toContain('known');
  await redis.kill('SIGKILL');
  await redis.start();
  expect(await command('GET guest')).toContain('known');
  await redis.stop();
  await redis.start({ empty: true });
  expect(await command('GET guest')).toBe('$-1\r\n');
});

it('reports the output of a Redis that does not start', async () => {
  await expect(provideRedis({ dataDir, port: redis.port })).rejects.toThrow(/Redis .* ended with code 1.*\n.*in use/s);
});

it('gives the command that installs Redis when there is none', async () => {
  const nowhere = provideRedis({ dataDir, searchPath: '/nonexistent', serverDir: join(dataDir, 'none') });
  await expect(nowhere).rejects.toThrow(/Install it:\n {4}\S.*REDIS_URL.*not Debian/s);
});
