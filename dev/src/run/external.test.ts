import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts, provideRedis, type RedisServer } from '@hotel/system';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hotel } from '../systems/hotel.ts';
import { checkRedis, externalCollector, queryUrlFor, withoutViewer } from './external.ts';

it('starts no viewer when the environment names a collector', () => {
  expect(externalCollector({})).toBeUndefined();
  expect(externalCollector({ OTEL_EXPORTER_OTLP_ENDPOINT: '' })).toBeUndefined();
  expect(externalCollector({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4317' })).toBe('http://c:4317');
  expect(withoutViewer(hotel).processes.map(({ name }) => name)).toEqual(['dispo', 'cleaning', 'cleaning-worker']);
});

it("looks for traces on the collector's host by default", () => {
  expect(queryUrlFor('http://jaeger.lan:4317', {})).toBe('http://jaeger.lan:16686');
  expect(queryUrlFor('jaeger.lan:4317', {})).toBe('http://jaeger.lan:16686');
  expect(queryUrlFor('http://jaeger.lan:4317', { JAEGER_QUERY_URL: 'http://q/' })).toBe('http://q');
});

describe('the given Redis', () => {
  let dir: string;
  let redis: RedisServer;
  const refusal = (url: string) => checkRedis(url).then(String, (error: Error) => error.message);

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hotel-external-'));
    redis = await provideRedis({ dataDir: dir });
    await command('CONFIG SET requirepass secret');
  });
  afterAll(async () => {
    await redis?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  function command(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(redis.port, '127.0.0.1', () => socket.write(`${line}\r\n`));
      socket.once('error', reject);
      socket.once('data', () => {
        socket.destroy();
        resolve();
      });
    });
  }

  it('is used with its password, which is not shown', async () => {
    expect(await checkRedis(`redis://:secret@127.0.0.1:${redis.port}`)).toBe(`127.0.0.1:${redis.port}`);
  });

  it.each(['', ':wrong@', 'guest:secret@'])('is rejected at once with the credentials "%s"', async (credentials) => {
    const message = await refusal(`redis://${credentials}127.0.0.1:${redis.port}`);
    expect(message).toContain(`Redis at 127.0.0.1:${redis.port} rejects the user and password of REDIS_URL`);
    expect(message).not.toMatch(/:wrong@|guest/);
  });

  it('is reported without its password when nothing listens there', async () => {
    const [port] = await freePorts(1);
    const message = await refusal(`redis://:secret@127.0.0.1:${port}`);
    expect(message).toContain(`Redis at 127.0.0.1:${port} (REDIS_URL) cannot be reached: ECONNREFUSED`);
    expect(message).not.toContain('secret');
  });

  it.each([
    ['localhost:6379', /^REDIS_URL=localhost:6379 is not a Redis URL\. Write it like redis:\/\/localhost:6379,/],
    ['here', /^REDIS_URL is not a Redis URL\. Write it like redis:\/\/127\.0\.0\.1:6379,/],
    [':secret@localhost', /^REDIS_URL is not a Redis URL(?!.*secret)/],
    ['http://localhost:6379', /^REDIS_URL is not a Redis URL/],
  ])('is rejected when its URL is %s', async (url, message) => {
    expect(await refusal(url)).toMatch(message);
  });
});
