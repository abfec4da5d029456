import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@hotel/log';
import { afterAll, expect, it } from 'vitest';
import { connectRedis, createRedisCheck } from '../src/index.ts';
import { startSentinels } from './servers.ts';

const WITHIN = { timeout: 40_000 };
const open = new AsyncDisposableStack();
afterAll(() => open.disposeAsync());

/** In front of a Sentinel: can hold back questions for the master's address. */
async function startSentinelProxy(sentinelPort: number) {
  const sockets = new Set<Socket>();
  const held: Array<() => void> = [];
  const seen = { isHolding: false, subscribed: false };
  const server = createServer((client) => {
    const sentinel = createConnection(sentinelPort, '127.0.0.1');
    for (const socket of [client, sentinel]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    client.on('data', (data) => {
      if (seen.isHolding && data.includes('get-master-addr-by-name')) held.push(() => sentinel.write(data));
      else sentinel.write(data);
    });
    sentinel.on('data', (data) => {
      if (data.includes('subscribe')) seen.subscribed = true;
      client.write(data);
    });
    client.on('close', () => sentinel.destroy());
    sentinel.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    held,
    release() {
      seen.isHolding = false;
      for (const pass of held) pass();
    },
  };
}

it('a client that asks for the master just when Sentinel announces another one connects to it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'redis-failover-'));
  open.defer(() => rm(folder, { recursive: true, force: true }));
  const servers = open.use(await startSentinels(folder));
  const [, sentinelPort = 0] = /127\.0\.0\.1:(\d+)/.exec(servers.url) ?? [];
  const proxy = await startSentinelProxy(Number(sentinelPort));
  const redis = open.use(
    connectRedis(`redis+sentinel://127.0.0.1:${proxy.port}/hotel`, createLogger('test', { write() {} })),
  );
  const check = createRedisCheck(redis, 'probe');
  await expect.poll(check, WITHIN).toBe('takes writes');
  await expect.poll(() => proxy.seen.subscribed, WITHIN).toBe(true);

  proxy.seen.isHolding = true;
  const failedOver = servers.failOver();
  await expect.poll(() => proxy.held.length, WITHIN).toBeGreaterThan(0);
  // Sentinel has announced the new master by then.
  await failedOver;
  proxy.release();
  await expect.poll(check, WITHIN).toBe('takes writes');
});
