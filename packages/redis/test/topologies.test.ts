import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@hotel/log';
import { freePorts, provideRedis } from '@hotel/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectOnce, connectRedis, createQueueCheck, createRedisCheck } from '../src/index.ts';
import { type ClusterServers, type SentinelServers, startCluster, startSentinels } from './servers.ts';

const open = new AsyncDisposableStack();
const silent = createLogger('test', { write() {} });
const TIMEOUT = { timeout: 20_000 };

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
afterAll(() => open.disposeAsync());

describe('behind Sentinel', () => {
  let servers: SentinelServers;
  beforeAll(async () => {
    servers = open.use(await startSentinels(await temporaryFolder()));
  });

  it('a command connects once, to the master', async () => {
    await using redis = await connectOnce(servers.url, 5_000);
    expect(await redis.set('key', 'value')).toBe('OK');
    expect(redis.address).toMatch(/^hotel of Sentinel 127\.0\.0\.1:\d+,/);
  });

  it('a command reports a master that the Sentinels do not know', async () => {
    const url = servers.url.replace(/[^/]+$/, 'motel');
    await expect(connectOnce(url, 5_000)).rejects.toThrow(/^Redis at motel of Sentinel .* cannot be reached: .*/);
  });

  it('a connection follows a failover, and readiness reports the interruption', async () => {
    const redis = open.use(connectRedis(servers.url, silent));
    const check = createRedisCheck(redis, 'probe');
    await expect.poll(check, TIMEOUT).toBe('takes writes');
    const replies = Promise.withResolvers<void>();
    redis.once('close', () => replies.resolve());
    await servers.failOver();
    await replies.promise;
    await expect.poll(check, { timeout: 40_000 }).toBe('takes writes');
  });
});

describe('a cluster', () => {
  let cluster: ClusterServers;
  beforeAll(async () => {
    cluster = open.use(await startCluster(await temporaryFolder()));
  });

  it('takes commands for keys of every node', async () => {
    await using redis = await connectOnce(cluster.url, 5_000);
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) expect(await redis.set(key, key)).toBe('OK');
  });

  it('is checked for writes and for the memory policy of the node that has the queue', async () => {
    const redis = open.use(connectRedis(cluster.url, silent));
    await expect.poll(createRedisCheck(redis, '{hotel}:probe'), TIMEOUT).toBe('takes writes');
    const checkQueue = createQueueCheck(redis, '{hotel}', 'cleaning');
    expect(await checkQueue()).toBe('runs');
    const owner = await cluster.nodeOf('{hotel}');
    const setPolicy = async (url: string, policy: string) => {
      await using client = await connectOnce(url, 5_000);
      await client.call('CONFIG', 'SET', 'maxmemory-policy', policy);
    };
    for (const { url } of cluster.nodes) if (url !== owner.url) await setPolicy(url, 'allkeys-lru');
    expect(await checkQueue()).toBe('runs');
    await setPolicy(owner.url, 'allkeys-lru');
    await expect(checkQueue()).rejects.toThrow(/maxmemory-policy of Redis is allkeys-lru/);
    for (const { url } of cluster.nodes) await setPolicy(url, 'noeviction');
  });

  it('disconnecting rejects commands that wait for it', async () => {
    const [port] = await freePorts(1);
    const redis = connectRedis(`redis+cluster://127.0.0.1:${port}`, silent, { forWorker: true });
    const waiting = redis.ping();
    await new Promise((resolve) => redis.once('reconnecting', resolve));
    redis.disconnect();
    await expect(waiting).rejects.toThrow();
  });

  it('a command reports a cluster that cannot be reached, with the reason and without the password', async () => {
    const [port] = await freePorts(1);
    const url = `redis+cluster://:hush@127.0.0.1:${port}`;
    await expect(connectOnce(url, 5_000)).rejects.toThrow(
      `Redis at cluster 127.0.0.1:${port} cannot be reached: ECONNREFUSED`,
    );
  });

  it('a command reports a server that is not part of a cluster', async () => {
    const server = await provideRedis({ dataDir: await temporaryFolder() });
    open.defer(() => server.stop());
    await expect(connectOnce(`redis+cluster://127.0.0.1:${server.port}`, 5_000)).rejects.toThrow(
      /cannot be reached: ERR This instance has cluster support disabled/,
    );
  });
});
