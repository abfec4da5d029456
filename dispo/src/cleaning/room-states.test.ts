import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@hotel/log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createCleaningBreaker } from './cleaning-breaker.ts';
import { createRoomStates, type RoomStates } from './room-states.ts';

let server: Server;
let answer: RequestListener;
let paths: string[];
let roomStates: RoomStates;
const log = createLogger();
const open = (cleaning: { url: string; token?: string }) =>
  createRoomStates({ cleaning, timeoutMs: 1_000, log, breaker: createCleaningBreaker(log) });
beforeEach(async () => {
  paths = [];
  server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  roomStates = open({ url });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answerWith = (status: number, body: string): RequestListener => {
  return (_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
};

it.each(['clean', 'dirty'])('returns %s as reported by cleaning', async (state) => {
  answer = answerWith(200, JSON.stringify({ room_id: 7, state }));
  expect(await roomStates.read(7)).toBe(state);
  expect(paths).toEqual(['GET /internal/v1/rooms/7/state']);
});

it("keeps the base address's path and sends the token", async () => {
  let authorization: string | undefined;
  answer = (request, response) => {
    authorization = request.headers.authorization;
    answerWith(200, '{"room_id": 7, "state": "clean"}')(request, response);
  };
  const { port } = server.address() as AddressInfo;
  for (const path of ['/hotel/cleaning', '/hotel/cleaning/']) {
    const cleaning = { url: `http://127.0.0.1:${port}${path}`, token: 's3cret' };
    await open(cleaning).read(7);
    expect([paths.pop(), authorization]).toEqual(['GET /hotel/cleaning/internal/v1/rooms/7/state', 'Bearer s3cret']);
  }
});

it.each<[string, RequestListener]>([
  ['500', answerWith(500, '{}')],
  ['503', answerWith(503, '')],
  ['404', answerWith(404, '{}')],
  ['what is no JSON', answerWith(200, 'clean')],
  ['a state that is not known', answerWith(200, '{"room_id": 7, "state": "shiny"}')],
  ['nothing at all', () => {}],
  ['half an answer', (_request, response) => response.writeHead(200).write('{"room_id"')],
  ['a closed connection', (request) => request.socket.destroy()],
])('fails after one request when cleaning answers with %s', async (_, listener) => {
  answer = listener;
  await expect(roomStates.read(7)).rejects.toMatchObject({ code: 'cleaning_unavailable' });
  expect(paths).toHaveLength(1);
});

it('fails when cleaning is not listening', async () => {
  await new Promise((resolve) => server.close(resolve));
  await expect(roomStates.read(7)).rejects.toMatchObject({ code: 'cleaning_unavailable' });
});
