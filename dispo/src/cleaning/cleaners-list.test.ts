import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '@hotel/log';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CleanersList, createCleanersList } from './cleaners-list.ts';
import { createCleaningBreaker } from './cleaning-breaker.ts';

let server: Server;
let answer: RequestListener;
let paths: string[];
let list: CleanersList;
beforeEach(async () => {
  paths = [];
  server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const log = createLogger();
  list = createCleanersList({ cleaning: { url }, timeoutMs: 1_000, log, breaker: createCleaningBreaker(log) });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const answerWith = (status: number, body: unknown): RequestListener => {
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const task = { id: 7, day: '2027-02-05', room: '101', final: 1, booking_id: 42, done: true };

it('reads the overview, and finishes a task', async () => {
  answer = answerWith(200, { dirty: [1], tasks: [task] });
  expect(await list.read()).toEqual({ dirty: [1], tasks: [task] });
  answer = answerWith(200, task);
  expect(await list.finish(7)).toEqual(task);
  expect(paths).toEqual(['GET /internal/v1/overview', 'POST /internal/v1/tasks/7/done']);
});

it.each([
  ['a failure', answerWith(500, {})],
  ['another shape', answerWith(200, { dirty: 'all' })],
  ['nothing at all', (() => {}) as RequestListener],
])('does without the overview when cleaning answers with %s', async (_, listener) => {
  answer = listener;
  expect(await list.read()).toBeUndefined();
});

it("passes on cleaning's reason for not finishing a task", async () => {
  answer = answerWith(409, { type: 'urn:hotel:problem:guest_not_gone', detail: 'the guest is still there' });
  await expect(list.finish(7)).rejects.toMatchObject({ code: 'guest_not_gone', message: 'the guest is still there' });
  answer = answerWith(404, { type: 'urn:hotel:problem:task_not_found', detail: 'there is no task 7' });
  await expect(list.finish(7)).rejects.toMatchObject({ code: 'task_not_found' });
});

it.each([500, 401, 200])('does not finish a task when cleaning answers with %i and something else', async (status) => {
  answer = answerWith(status, { type: 'about:blank', detail: 'secret' });
  await expect(list.finish(7)).rejects.toMatchObject({ code: 'cleaning_unavailable' });
});

it('stops asking when cleaning keeps failing', async () => {
  answer = answerWith(503, {});
  for (let i = 0; i < 8; i++) expect(await list.read()).toBeUndefined();
  expect(paths).toHaveLength(5);
});
