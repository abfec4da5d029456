import { expect, it } from 'vitest';
import { replicaCount } from './replica-count.ts';

it('runs one replica without --scale', () => {
  expect(replicaCount({})).toBe(1);
  expect(replicaCount({ scale: '1' })).toBe(1);
});

it('runs as many replicas as --scale says with --postgres', () => {
  expect(replicaCount({ scale: '3', postgres: true }, 'linux')).toBe(3);
});

it('rejects replicas without PostgreSQL', () => {
  expect(() => replicaCount({ scale: '3' })).toThrow(/--scale=3 needs --postgres: .*SQLite/);
});

it('rejects replicas where a port cannot be shared', () => {
  expect(() => replicaCount({ scale: '3', postgres: true }, 'darwin')).toThrow(/needs Linux/);
});

it.each(['0', '10', '2.5', 'many', ''])('rejects --scale=%s', (scale) => {
  expect(() => replicaCount({ scale, postgres: true })).toThrow('use a number from 1 to 9');
});
