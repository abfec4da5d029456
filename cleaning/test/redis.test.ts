import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRedis, type RedisClient } from '@hotel/redis';
import { provideRedis, type RedisServer } from '@hotel/system';
import { type Link, startLink } from '@hotel/system/test';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silent } from './fixtures.ts';

let open: AsyncDisposableStack;
let redis: RedisServer;
let link: Link;

async function startRedis(): Promise<RedisServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hotel-cleaning-redis-'));
  open.defer(() => rm(dataDir, { recursive: true, force: true }));
  const server = await provideRedis({ dataDir });
  open.defer(() => server.stop());
  return server;
}

beforeEach(async () => {
  open = new AsyncDisposableStack();
  redis = await startRedis();
  link = open.use(await startLink(redis.port));
});
afterEach(() => open.disposeAsync());

const connect = (forWorker: boolean) =>
  open.use(
    connectRedis(`redis://127.0.0.1:${link.port}`, silent, { forWorker, longestSilenceMs: 300, heartbeatMs: 50 }),
  );
const whenReady = (client: RedisClient) => expect.poll(() => client.status, { timeout: 60_000 }).toBe('ready');

describe('a connection whose peer vanished without a reset', () => {
  it('is replaced, even when idle', async () => {
    const client = connect(false);
    await whenReady(client);
    const replaced = new Promise((resolve) => client.once('close', resolve));
    link.mute();
    await replaced;
    await whenReady(client);
    expect(await client.ping()).toBe('PONG');
  });

  it('is replaced for a worker, and its commands are resent', async () => {
    const client = connect(true);
    await client.ping();
    link.mute();
    expect(await client.set('key', 'value')).toBe('OK');
  });

  it('is replaced even when BullMQ duplicated it', async () => {
    const client = connect(true);
    const copy = (client as Redis).duplicate();
    open.defer(() => copy.disconnect());
    copy.on('error', () => {});
    await copy.ping();
    link.mute();
    expect(await copy.set('key', 'value')).toBe('OK');
  });
});

describe('a server that becomes a replica and keeps its connections', () => {
  let successor: RedisServer;
  beforeEach(async () => {
    successor = await startRedis();
    const master = new Redis(successor.url);
    open.defer(() => master.disconnect());
    // Serves replicas at once, instead of after 5 s.
    await master.config('SET', 'repl-diskless-sync-delay', '0');
    const old = new Redis(redis.url);
    open.defer(() => old.disconnect());
    await old.replicaof('127.0.0.1', successor.port);
  });

  const value = async (key: string) => {
    const client = new Redis(successor.url);
    const found = await client.get(key);
    client.disconnect();
    return found;
  };

  it('costs a producer one command; the next one reaches the new server', async () => {
    const client = connect(false);
    await whenReady(client);
    link.aim(successor.port);
    await expect(client.set('key', 'value')).rejects.toThrow('READONLY');
    await vi.waitFor(() => client.set('key', 'value'), { timeout: 60_000 });
    expect(await value('key')).toBe('value');
  });

  it.each([
    ['a command', (client: RedisClient) => client.set('key', 'value')],
    ['a script', (client: RedisClient) => client.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, 'key', 'value')],
  ])('costs a worker nothing: %s is resent to the new server', async (_, write) => {
    const client = connect(true);
    await whenReady(client);
    link.aim(successor.port);
    await write(client);
    expect(await value('key')).toBe('value');
  });

  it('is abandoned even by a connection that BullMQ duplicated', async () => {
    const copy = (connect(true) as Redis).duplicate();
    open.defer(() => copy.disconnect());
    await copy.ping();
    link.aim(successor.port);
    await copy.set('key', 'value');
    expect(await value('key')).toBe('value');
  });
});
