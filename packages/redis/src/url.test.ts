import { describe, expect, it } from 'vitest';
import { parseRedisUrl, queuePrefix, redisUrlSchema } from './url.ts';

describe('the URL of one server', () => {
  it.each([
    ['redis://127.0.0.1:6379', '127.0.0.1:6379'],
    ['redis://redis', 'redis:6379'],
    ['rediss://user:hush@redis:6380/1', 'redis:6380'],
    ['redis://[::1]:7000', '[::1]:7000'],
  ])('%s is accepted unchanged', (url, address) => {
    expect(parseRedisUrl(url)).toEqual({ kind: 'server', url, address });
  });
});

describe('the URL of Sentinel', () => {
  it('names the Sentinels and the master', () => {
    expect(parseRedisUrl('redis+sentinel://10.0.0.1:26380,sentinel-2,[::1]:1/mymaster')).toEqual({
      kind: 'sentinel',
      address: 'mymaster of Sentinel 10.0.0.1:26380,sentinel-2:26379,[::1]:1',
      sentinels: [
        { host: '10.0.0.1', port: 26_380 },
        { host: 'sentinel-2', port: 26_379 },
        { host: '::1', port: 1 },
      ],
      master: 'mymaster',
      db: 0,
      tls: false,
      credentials: {},
      sentinelCredentials: {},
    });
  });

  it('may have TLS, credentials for Redis and the Sentinels, and a database', () => {
    const url = 'rediss+sentinel://me:h%40sh@s/mymaster/3?sentinel_username=us&sentinel_password=hu%2Bsh';
    expect(parseRedisUrl(url)).toMatchObject({
      tls: true,
      db: 3,
      credentials: { username: 'me', password: 'h@sh' },
      sentinelCredentials: { username: 'us', password: 'hu+sh' },
    });
    expect(parseRedisUrl('redis+sentinel://:hush@s/m')).toMatchObject({ credentials: { password: 'hush' } });
  });
});

describe('the URL of a cluster', () => {
  it('names nodes', () => {
    expect(parseRedisUrl('redis+cluster://10.0.0.1:7000,redis-2')).toEqual({
      kind: 'cluster',
      address: 'cluster 10.0.0.1:7000,redis-2:6379',
      nodes: [
        { host: '10.0.0.1', port: 7_000 },
        { host: 'redis-2', port: 6_379 },
      ],
      tls: false,
      credentials: {},
    });
  });

  it('may have TLS and a password', () => {
    const target = { tls: true, credentials: { password: 'hush' } };
    expect(parseRedisUrl('rediss+cluster://:hush@node:1/')).toMatchObject(target);
  });
});

describe('a wrong URL is rejected with an example and without its value', () => {
  it.each([
    ['hush', /^a URL like redis:\/\/127\.0\.0\.1:6379$/],
    ['http://:hush@redis', /^a URL like redis:\/\/127/],
    ['redis://', /^a URL like redis:\/\/127/],
    ['redis+other://hush', /^a URL like redis:\/\/127/],
    ['redis+sentinel://:hush@', /^a URL like redis\+sentinel:.*\/mymaster$/],
    ['redis+sentinel://:hush@s:26379', /, with the name of the master$/],
    ['redis+sentinel://:hush@s:26379/', /, with the name of the master$/],
    ['redis+sentinel://:hush@s/m/x', /, or with a database: \/mymaster\/0$/],
    ['redis+sentinel://:hush@s/m/0/1', /, or with a database/],
    ['redis+sentinel://:hush@s/m?password=hush', /without options other than sentinel_username and/],
    ['redis+sentinel://s,,t/m', /^a URL like redis\+sentinel/],
    ['redis+sentinel://s:0/m', /^a URL like redis\+sentinel/],
    ['redis+sentinel://a:hush@b:c@s/m', /^a URL like redis\+sentinel/],
    ['redis+sentinel://:%E4hush@s/m', /, percent-encoded$/],
    ['redis+cluster://:hush@node:99999', /^a URL like redis\+cluster:[^ ]*$/],
    ['redis+cluster://hush host', /^a URL like redis\+cluster/],
    ['redis+cluster://node/1', /a cluster has only number 0$/],
    ['redis+cluster://node?hush=1', /, without options$/],
  ])('%s', (url, expected) => {
    const { error } = redisUrlSchema.safeParse(url);
    const [issue] = error?.issues ?? [];
    expect(issue?.message).toMatch(expected);
    expect(issue?.message).not.toContain('hush');
  });
});

it('the keys of a queue are in one slot of a cluster', () => {
  const prefix = (REDIS_URL: string, HOTEL_QUEUE_PREFIX: string) => queuePrefix({ REDIS_URL, HOTEL_QUEUE_PREFIX });
  expect(prefix('redis://redis', 'hotel')).toBe('hotel');
  expect(prefix('redis+sentinel://s/m', 'hotel')).toBe('hotel');
  expect(prefix('redis+cluster://n', 'hotel')).toBe('{hotel}');
  expect(prefix('redis+cluster://n', 'a{b}')).toBe('a{b}');
});
