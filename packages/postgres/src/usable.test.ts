import { expect, it } from 'vitest';
import { requireUsable } from './usable.ts';

it.each([
  [140_018, '14.18 (Debian 14.18-1)', /it is PostgreSQL 14.18 \(Debian 14.18-1\), and version 15 or newer is needed/],
  [90_624, '9.6.24', /it is PostgreSQL 9.6.24, and version 15 or newer is needed/],
])('rejects a server of version %s', (version, name, message) => {
  expect(() => requireUsable({ version, name, read_only: 'off' })).toThrow(message);
});

it.each([150_000, 180_004])('accepts a server of version %s', (version) => {
  requireUsable({ version, name: '', read_only: 'off' });
});

it('rejects a server that takes no writes', () => {
  expect(() => requireUsable({ version: 150_000, name: '15.0', read_only: 'on' })).toThrow(/read-only.*standby/);
});
