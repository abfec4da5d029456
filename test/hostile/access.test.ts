import { readFile } from 'node:fs/promises';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHotel } from '../e2e/hotel.ts';

const WRITER = 'wr1ter-9f86d081884c7d65';
const OTHER = '0ther-8d969eef6ecad3c2';
const READER = 'r3ader-60303ae22b998861';
const STRANGER = 'str4nger-fd61a03af4f77d87';
const SECRETS = [WRITER, OTHER, READER, STRANGER];
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel({ env: { HOTEL_API_TOKENS: `${WRITER},${OTHER},${READER}:read`, LOG_LEVEL: 'trace' } });
});
afterAll(() => traced?.stop());

const as = (token: string | undefined, port: string, path: string, body?: unknown, headers = {}) =>
  httpJson<{ id: number; type: string }>(traced.url(port) + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });

it('who has a token may, who may only read reads, and nobody else does anything', async () => {
  const path = '/api/v1/bookings';
  expect((await as(undefined, 'DISPO_PORT', path, stay)).status).toBe(401);
  expect((await as(STRANGER, 'DISPO_PORT', path, stay)).status).toBe(401);
  expect((await as(READER, 'DISPO_PORT', path, stay)).status).toBe(403);
  expect((await as(undefined, 'CLEANING_PORT', '/api/v1/days')).status).toBe(401);
  expect((await as(READER, 'CLEANING_PORT', '/api/v1/days')).status).toBe(200);
  expect((await as(READER, 'CLEANING_PORT', '/api/v1/tasks/1/done', {})).status).toBe(403);
  for (const port of ['DISPO_PORT', 'CLEANING_PORT']) {
    for (const free of ['/health', '/docs', '/openapi.json'])
      expect((await as(undefined, port, free)).status).toBe(200);
  }
  expect((await as(READER, 'DISPO_PORT', path)).body).toEqual([]);
});

it('a booking with a token goes its whole way: the services need none among themselves', async () => {
  const { status, body } = await as(WRITER, 'DISPO_PORT', '/api/v1/bookings', stay);
  expect(status).toBe(201);
  const planned = async () => (await as(READER, 'DISPO_PORT', `/api/v1/bookings/${body.id}`)).body;
  await expect.poll(planned).toMatchObject({ cleaning: 'planned' });
  const checkedIn = await as(WRITER, 'DISPO_PORT', `/api/v1/bookings/${body.id}/check-in`, {});
  expect(checkedIn.status).toBe(200);
});

it("an Idempotency-Key is its caller's: with another token it is another key", async () => {
  const path = '/api/v1/bookings';
  const key = { 'idempotency-key': 'shared' };
  const rose = { ...stay, room_id: 2 };
  const first = await as(WRITER, 'DISPO_PORT', path, rose, key);
  expect(first.status).toBe(201);
  expect((await as(WRITER, 'DISPO_PORT', path, rose, key)).body.id).toBe(first.body.id);
  const stolen = await as(OTHER, 'DISPO_PORT', path, rose, key);
  expect([stolen.status, stolen.body.type]).toEqual([409, 'urn:hotel:problem:room_taken']);
  expect((await as(OTHER, 'DISPO_PORT', path, { ...stay, room_id: 3 }, key)).status).toBe(201);
});

it('internal routes are on no public listener, with a token or without', async () => {
  for (const path of ['/livez', '/readyz', '/metrics', '/internal/v1/rooms/1/state']) {
    expect((await as(WRITER, 'CLEANING_PORT', path)).status).toBe(404);
    expect((await as(undefined, 'CLEANING_PORT', path)).status).toBe(401);
  }
});

it('with HOTEL_RATE_LIMIT, who asks too often is told when to come back', async () => {
  await traced.system.restart('cleaning', { HOTEL_RATE_LIMIT: '1' });
  const answers = [];
  for (let i = 0; i < 20; i++) answers.push(await as(READER, 'CLEANING_PORT', '/api/v1/days'));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
  expect((await as(WRITER, 'CLEANING_PORT', '/api/v1/days')).status).toBe(200);
  for (let i = 0; i < 20; i++) expect((await as(undefined, 'CLEANING_PORT', '/health')).status).toBe(200);
});

it('a list of tokens that is none keeps the service from starting, and is not repeated', async () => {
  const known = traced.lines().length;
  await expect(traced.system.restart('cleaning', { HOTEL_API_TOKENS: `${STRANGER}:admin` })).rejects.toThrow(
    /HOTEL_API_TOKENS: its value is not right/,
  );
  expect(JSON.stringify(traced.lines().slice(known))).not.toContain(STRANGER);
});

it('no token is in a log, a span or the list of processes', async () => {
  const processes = ['dispo', 'cleaning-worker', 'viewer'].map((name) => traced.system.processes.get(name)?.pid);
  const commands = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  await traced.stop();
  const told = [...commands, JSON.stringify(traced.lines()), traced.sink.rawBytes().toString('latin1')];
  expect(told.every((text) => text.length > 0)).toBe(true);
  for (const secret of SECRETS) expect(told.filter((text) => text.includes(secret))).toEqual([]);
});
