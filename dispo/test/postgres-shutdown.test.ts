import { execute, type OwnServer, startServer } from '@hotel/postgres/test';
import { freePorts } from '@hotel/system';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { startDispo } from './service.ts';

let server: OwnServer;
beforeAll(async () => {
  server = await startServer();
  await execute(server.url('postgres'), 'CREATE DATABASE hotel');
});
afterAll(async () => {
  await server.kill('SIGCONT');
  await server[Symbol.asyncDispose]();
});

it('exits with 0 on SIGTERM while PostgreSQL does not answer, and answers the requests in flight', async () => {
  const [port = '', internalPort = '', redis = ''] = (await freePorts(3)).map(String);
  const dispo = startDispo({
    DISPO_DATABASE_URL: server.url('hotel'),
    DISPO_PORT: port,
    DISPO_INTERNAL_PORT: internalPort,
    REDIS_URL: `redis://127.0.0.1:${redis}`,
  });
  // Does nothing if it has ended.
  onTestFinished(() => void dispo.child.kill('SIGKILL'));
  await dispo.ready;
  const get = async () => (await fetch(`http://127.0.0.1:${port}/api/v1/bookings/1`)).status;
  expect(await Promise.all(Array.from({ length: 5 }, get))).toEqual(Array(5).fill(404));
  await server.kill('SIGSTOP');
  // More than there are connections, which are in use then.
  const inFlight = Promise.all(Array.from({ length: 8 }, get));
  const isReady = async () => (await fetch(`http://127.0.0.1:${internalPort}/readyz`)).ok;
  await expect.poll(isReady).toBe(false);
  dispo.child.kill('SIGTERM');
  expect(await inFlight).toEqual(Array(8).fill(503));
  expect(await dispo.ended).toBe(0);
});
