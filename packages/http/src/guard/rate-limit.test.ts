import { expect, it } from 'vitest';
import { networkOf } from './peer.ts';
import { createRateLimit } from './rate-limit.ts';

it('allows a burst of two seconds, then the configured rate', () => {
  let now = 0;
  const waitFor = createRateLimit({ perSecond: 2, now: () => now });
  const taken = () => Array.from({ length: 10 }, () => waitFor('x')).filter((wait) => wait === undefined).length;
  expect(taken()).toBe(4);
  now = 1_000;
  expect(taken()).toBe(2);
  now = 100_000;
  expect(taken()).toBe(4);
});

it('returns the wait until the next token', () => {
  let now = 0;
  const waitFor = createRateLimit({ perSecond: 0.1, now: () => now });
  expect([waitFor('x'), waitFor('x')]).toEqual([undefined, 10]);
  now = 10_000;
  expect(waitFor('x')).toBeUndefined();
});

it('tracks a bounded number of keys and forgets the least recently seen', () => {
  const waitFor = createRateLimit({ perSecond: 0.5, now: () => 0, maxKeys: 2 });
  for (const key of ['a', 'b', 'c']) expect(waitFor(key)).toBeUndefined();
  expect([waitFor('c'), waitFor('b')]).toEqual([2, 2]);
  expect(waitFor('a')).toBeUndefined();
});

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['::1', '0:0:0:0'],
  ['fe80::', 'fe80:0:0:0'],
  ['', ''],
])('%s is in the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
