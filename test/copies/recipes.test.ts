import { join } from 'node:path';
import { startTraced, type TracedSystem } from '@hotel/trace-test';
import { Queue } from 'bullmq';
import { hotel } from 'dev/system';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, type Booking, book, days, waitUntilPlanned } from '../e2e/harness/hotel.ts';
import { type Copy, copyTree, ROOT } from './copy.ts';
import { apply, readEdits } from './guide.ts';
import { startVersions } from './versions.ts';

const GUIDES = ['adding-a-field', 'adding-an-event', 'adding-an-attribute'];
const LIMIT_MS = 600_000;

let copy: Copy;
let traced: TracedSystem;
beforeAll(async () => {
  copy = await copyTree();
  for (const guide of GUIDES) {
    for (const edit of readEdits(join(import.meta.dirname, `../../docs/${guide}.md`))) await apply(edit, copy.root);
  }
  await copy.run('pnpm', 'generate');
  traced = await startTraced(hotel, { root: copy.root });
}, LIMIT_MS);
afterAll(async () => {
  await traced?.stop();
  await copy?.[Symbol.asyncDispose]();
});

it('the code of the guides passes type checker, formatter and the tests of the contract and the registry', {
  timeout: LIMIT_MS,
}, async () => {
  await copy.run('tsc', '--noEmit');
  await copy.run('biome', 'check', 'cleaning', 'dispo', 'packages', 'test');
  const tests = ['packages/contracts/src/fixtures.test.ts', 'packages/registry', 'test/registry.test.ts'];
  expect(await copy.run('vitest', 'run', ...tests)).toMatch(/ passed, 0 failed/);
});

it('a field added by the guide is written, returned, changed and documented', async () => {
  const { booking } = await book(traced, { ...stayIn(1), guests: 2 } as ReturnType<typeof stayIn>);
  expect(booking).toMatchObject({ guests: 2 });
  const path = `/api/v1/bookings/${booking.id}`;
  expect((await ask(traced, 'PATCH', path, { guests: 3 })).body).toMatchObject({ guests: 3, revision: 2 });
  expect((await ask(traced, 'GET', path)).body).toMatchObject({ guests: 3 });
  expect((await ask(traced, 'POST', '/api/v1/bookings', { ...stayIn(2), guests: 11 })).status).toBe(422);
  expect((await book(traced, stayIn(3))).booking).toMatchObject({ guests: null });
  const { body } = await ask<OpenApi>(traced, 'GET', '/openapi.json');
  expect(JSON.stringify(body.paths['/api/v1/bookings'])).toContain('"guests"');
});

it('the version without the field and the one with it serve side by side on one PostgreSQL, and restart', {
  timeout: LIMIT_MS,
}, async () => {
  await using versions = await startVersions(traced.system.redis?.url ?? '');
  const old = await versions.start(ROOT);
  const { id } = await old.book(stayIn(1));
  const newer = await versions.start(copy.root);
  expect(await newer.change(id, { guests: 2 })).toMatchObject({ guests: 2, revision: 2 });
  expect(await old.change(id, { room_id: 2 })).not.toHaveProperty('guests');
  expect(await newer.change(id, { room_id: 3 })).toMatchObject({ guests: 2, revision: 4 });

  await old.stop();
  const restarted = await versions.start(ROOT);
  expect(await restarted.change(id, { room_id: 4 })).toMatchObject({ revision: 5 });
  const { id: last } = await restarted.book(stayIn(1));
  expect(await newer.change(last, { guests: 3 })).toMatchObject({ guests: 3, revision: 2 });
});

it('an attribute added by the guide is on the span of the request', async () => {
  const { traceId } = await book(traced, stayIn(4));
  const ofRequest = () => traced.sink.trace(traceId).find(({ name }) => name === 'POST /api/v1/bookings')?.attributes;
  await expect.poll(ofRequest).toMatchObject({ 'hotel.booking.nights': 2 });
});

it('an event added by the guide is published, and planned', async () => {
  const { booking } = await book(traced, stayIn(5));
  await waitUntilPlanned(traced, booking.id);
  await traced.system.processes.get('cleaning-worker')?.stop();
  await ask<Booking>(traced, 'PATCH', `/api/v1/bookings/${booking.id}`, { room_id: 6 });
  const connection = { url: traced.system.redis?.url ?? '', maxRetriesPerRequest: null };
  const queue = new Queue('cleaning', { connection, prefix: 'hotel' });
  const waiting = async () => (await queue.getJobs(['wait'])).map(({ name }) => name);
  await expect.poll(waiting).toEqual(['booking.moved']);
  await queue.close();
  await traced.system.restart('cleaning-worker');
  await waitUntilPlanned(traced, booking.id);
  expect(await days(traced, '2027-02-06', '2027-02-06')).toContainEqual({ day: '2027-02-06', room: '106', final: 1 });
});

interface OpenApi {
  paths: Record<string, unknown>;
}

function stayIn(room_id: number): { room_id: number; start: string; end: string } {
  return { room_id, start: '2027-02-04', end: '2027-02-06' };
}
