import { readFile } from 'node:fs/promises';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startHotel } from '../e2e/harness/hotel.ts';
import { processesOf } from '../e2e/harness/replicas.ts';

const WRITER = 'wr1ter-9f86d081884c7d65';
const OTHER = '0ther-8d969eef6ecad3c2';
const READER = 'r3ader-60303ae22b998861';
/** Tokens for internal calls: the new one, and the one being replaced. */
const INTERNAL = '1nternal-a0c299b71a9e59d5';
const FORMER = 'f0rmer-6d7c1e3b2a4f5c8d';
const STRANGER = 'str4nger-fd61a03af4f77d87';
const SECRETS = [WRITER, OTHER, READER, INTERNAL, FORMER, STRANGER];
const stay = { room_id: 1, start: '2027-02-04', end: '2027-02-06' };

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel({
    env: {
      HOTEL_API_TOKENS: `${WRITER},${OTHER},${READER}:read`,
      HOTEL_INTERNAL_TOKEN: `${INTERNAL},${FORMER}`,
      LOG_LEVEL: 'trace',
    },
  });
});
afterAll(() => traced?.stop());

const as = (token: string | undefined, port: string, path: string, body?: unknown, headers = {}) =>
  httpJson<{ id: number; type: string }>(traced.url(port) + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body }),
  });

it('a token allows everything, a read token only reading, and without one nothing is allowed', async () => {
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

it('a booking with a token is planned, and the services authenticate to each other with their own token', async () => {
  const { status, body } = await as(WRITER, 'DISPO_PORT', '/api/v1/bookings', stay);
  expect(status).toBe(201);
  const planned = async () => (await as(READER, 'DISPO_PORT', `/api/v1/bookings/${body.id}`)).body;
  await expect.poll(planned).toMatchObject({ cleaning: 'planned' });
  const checkedIn = await as(WRITER, 'DISPO_PORT', `/api/v1/bookings/${body.id}/check-in`, {});
  expect(checkedIn.status).toBe(200);
});

it('an Idempotency-Key belongs to its caller: with another token it is a different key', async () => {
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

it('internal routes are on no public listener, with or without a token', async () => {
  for (const path of ['/livez', '/readyz', '/metrics', '/internal/v1/rooms/1/state']) {
    expect((await as(WRITER, 'CLEANING_PORT', path)).status).toBe(404);
    expect((await as(undefined, 'CLEANING_PORT', path)).status).toBe(401);
  }
});

it('internal calls need one of the two tokens in HOTEL_INTERNAL_TOKEN, API tokens are rejected, and probes need none', async () => {
  const path = '/internal/v1/rooms/1/state';
  const statuses = [];
  for (const token of [undefined, WRITER, STRANGER, INTERNAL, FORMER]) {
    statuses.push((await as(token, 'CLEANING_INTERNAL_PORT', path)).status);
  }
  expect(statuses).toEqual([401, 401, 401, 200, 200]);
  const confirm = { event_id: '0198c5a0-0000-7000-8000-000000000000', revision: 1, result: 'planned' };
  const url = `${traced.url('DISPO_INTERNAL_PORT')}/internal/v1/bookings/1/cleaning`;
  expect((await httpJson(url, { method: 'PUT', body: confirm })).status).toBe(401);
  for (const port of ['DISPO_INTERNAL_PORT', 'CLEANING_INTERNAL_PORT', 'WORKER_INTERNAL_PORT']) {
    for (const probe of ['/livez', '/readyz']) expect((await as(undefined, port, probe)).status).toBe(200);
  }
});

it('requests above HOTEL_RATE_LIMIT get 429 with Retry-After', async () => {
  await traced.system.restart('cleaning', { HOTEL_RATE_LIMIT: '1' });
  const answers = [];
  for (let i = 0; i < 20; i++) answers.push(await as(READER, 'CLEANING_PORT', '/api/v1/days'));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.every(({ headers }) => Number(headers.get('retry-after')) >= 1)).toBe(true);
  expect((await as(WRITER, 'CLEANING_PORT', '/api/v1/days')).status).toBe(200);
  for (let i = 0; i < 20; i++) expect((await as(undefined, 'CLEANING_PORT', '/health')).status).toBe(200);
});

it('an invalid token list keeps the service from starting, and the error does not repeat it', async () => {
  const known = traced.lines().length;
  await expect(traced.system.restart('cleaning', { HOTEL_API_TOKENS: `${STRANGER}:admin` })).rejects.toThrow(
    /HOTEL_API_TOKENS: its value is invalid/,
  );
  expect(JSON.stringify(traced.lines().slice(known))).not.toContain(STRANGER);
});

it('no token appears in a log, a span or the process list', async () => {
  const processes = ['dispo', 'cleaning-worker', 'viewer'].flatMap((name) => processesOf(traced, name));
  const commands = await Promise.all(processes.map(({ pid }) => readFile(`/proc/${pid}/cmdline`, 'utf8')));
  await traced.stop();
  const outputs = [...commands, JSON.stringify(traced.lines()), traced.sink.rawBytes().toString('latin1')];
  expect(outputs.every((text) => text.length > 0)).toBe(true);
  for (const secret of SECRETS) expect(outputs.filter((text) => text.includes(secret))).toEqual([]);
});
