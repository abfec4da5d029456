import type { Logger } from '@hotel/log';
import { freePorts } from '@hotel/system';
import { expect, it, vi } from 'vitest';
import { connectRedis } from './connect.ts';

it('without Redis, commands fail at once, the outage is logged once without the password, and the client reconnects', async () => {
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message) } as unknown as Logger;
  const [port = 0] = await freePorts(1);
  await using redis = connectRedis(`redis://:hush@127.0.0.1:${port}`, log);
  let attempts = 0;
  redis.on('connecting', () => attempts++);
  await expect(redis.ping()).rejects.toThrow();
  await vi.waitFor(() => expect(attempts).toBeGreaterThan(2), { timeout: 20_000 });
  expect(warnings).toEqual([`Redis cannot be reached: connect ECONNREFUSED 127.0.0.1:${port}`]);
});

it('disconnecting rejects commands that wait for Redis', async () => {
  const log = { warn: () => {} } as unknown as Logger;
  const redis = connectRedis(`redis://127.0.0.1:${(await freePorts(1))[0]}`, log, { forWorker: true });
  const waiting = redis.ping();
  await new Promise((resolve) => redis.once('reconnecting', resolve));
  redis.disconnect();
  await expect(waiting).rejects.toThrow('Connection is closed.');
});
