import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databasesOf } from './harness/databases.ts';
import { ask, type Booking, book, days, startHotel, waitUntilPlanned } from './harness/hotel.ts';
import { readiness } from './harness/readiness.ts';
import { isOnPostgres } from './harness/replicas.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

let traced: TracedSystem;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotel-backup-'));
  traced = await startHotel();
});
afterAll(async () => {
  await traced?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The commands in a section of docs/backup.md. */
async function commandsOf(section: string): Promise<string[]> {
  const page = await readFile(join(root, 'docs/backup.md'), 'utf8');
  const [own = ''] = page.split(`## ${section}\n`)[1]?.split('\n## ') ?? [];
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split(/\n\s*/));
}

/** Runs commands as documented, with the paths of this run. */
async function follow(commands: string[]): Promise<string> {
  expect(commands.length).toBeGreaterThan(0);
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    DISPO_INTERNAL_URL: traced.url('DISPO_INTERNAL_PORT'),
    CLEANING_INTERNAL_URL: traced.url('CLEANING_INTERNAL_PORT'),
  };
  let out = '';
  for (const command of commands) {
    const here = command
      .replaceAll('.hotel/data', traced.dataDir)
      .replaceAll('backups/', `${folder}/`)
      .replace('npx -y pnpm@12 backup', `${process.execPath} ${root}/packages/sqlite/src/backup/backup-command.ts`)
      .replace('npx -y pnpm@12 replay', `${process.execPath} ${root}/dev/src/replay.ts`);
    out += (await run('sh', ['-ec', here], { env, cwd: folder })).stdout;
  }
  return out;
}

const stay = (room_id: number, month: string) => ({ room_id, start: `2031-${month}-04`, end: `2031-${month}-05` });
const historyOf = async (port: string) => (await readiness(traced, port)).body.checks.history;
const stop = (name: string) => traced.system.processes.get(name)?.stop();

/** Asserts that every booking is planned, and that the plan matches the bookings exactly. */
async function requirePlan(): Promise<void> {
  const { body: all } = await ask<Booking[]>(traced, 'GET', '/api/v1/bookings?limit=200');
  for (const { id } of all) await waitUntilPlanned(traced, id);
  const expected = all
    .filter(({ status }) => status !== 'cancelled')
    .flatMap(({ room_id, start, end }) => [
      { day: start, room: String(100 + room_id), final: 0 },
      { day: end, room: String(100 + room_id), final: 1 },
    ]);
  const planned = (await days(traced, '2031-01-01', '2031-12-31')) as unknown[];
  expect(planned).toHaveLength(expected.length);
  expect(planned).toEqual(expect.arrayContaining(expected));
}

describe('docs/backup.md', () => {
  // A file is copied, and marked as a copy. PostgreSQL has its own tools, whose copies have no mark: see below.
  it.skipIf(isOnPostgres)('restores dispo, and removes lost bookings from the plan', async () => {
    const { booking: first } = await book(traced, stay(1, '01'));
    const { booking: second } = await book(traced, stay(2, '01'));
    await waitUntilPlanned(traced, second.id);
    await follow(await commandsOf('Make a backup'));

    // Lost: a change, a cancellation, and two bookings whose ids will be reused.
    await ask(traced, 'PATCH', `/api/v1/bookings/${first.id}`, { room_id: 3 });
    await ask(traced, 'DELETE', `/api/v1/bookings/${second.id}`);
    const { booking: lost } = await book(traced, stay(4, '02'));
    await ask(traced, 'PATCH', `/api/v1/bookings/${lost.id}`, { room_id: 5 });
    const { booking: alsoLost } = await book(traced, stay(6, '03'));
    for (const { id } of [lost, alsoLost]) await waitUntilPlanned(traced, id);

    await stop('dispo');
    const commands = await commandsOf("Restore dispo's backup");
    await follow(commands.slice(0, -1));
    await traced.system.restart('dispo');
    expect(await historyOf('DISPO_INTERNAL_PORT')).toMatchObject({
      ok: false,
      detail: expect.stringMatching(/restored from a backup.*pnpm replay/),
    });
    const { booking: next } = await book(traced, stay(7, '04'));
    expect(next.id).toBe(lost.id);
    expect(await waitUntilPlanned(traced, next.id)).toMatchObject({ room_id: 7, revision: 1 });

    expect(await follow(commands.slice(-1))).toContain('3 bookings published, 1 other stays deleted');
    await requirePlan();
    expect(await historyOf('DISPO_INTERNAL_PORT')).toMatchObject({ ok: true });
  });

  it('rebuilds the plan when cleaning has lost its database', async () => {
    const { booking } = await book(traced, stay(1, '07'));
    await waitUntilPlanned(traced, booking.id);
    await stop('cleaning');
    await stop('cleaning-worker');
    await databasesOf(traced).lose('cleaning');
    await traced.system.restart('cleaning');
    await traced.system.restart('cleaning-worker');
    expect(await days(traced, '2031-01-01', '2031-12-31')).toEqual([]);
    await follow(await commandsOf("Lose or restore cleaning's database"));
    await requirePlan();
  });
});

it('a restored copy without a mark is detected when its ids repeat: "outdated" is not "planned"', async () => {
  const databases = databasesOf(traced);
  await databases.copy('dispo');
  const { booking: lost } = await book(traced, stay(8, '05'));
  await ask(traced, 'PATCH', `/api/v1/bookings/${lost.id}`, { room_id: 9 });
  await waitUntilPlanned(traced, lost.id);
  await stop('dispo');
  await databases.restore('dispo');
  await traced.system.restart('dispo');

  const { booking: next } = await book(traced, stay(10, '06'));
  expect(next.id).toBe(lost.id);
  await waitUntilPlanned(traced, next.id);
  expect(await historyOf('DISPO_INTERNAL_PORT')).toMatchObject({
    ok: false,
    detail: expect.stringContaining('pnpm replay'),
  });
  await requirePlan();
  await follow(await commandsOf("Lose or restore cleaning's database"));
  expect(await historyOf('DISPO_INTERNAL_PORT')).toMatchObject({ ok: true });
});
