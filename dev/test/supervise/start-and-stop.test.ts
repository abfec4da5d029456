import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRun } from '../../src/run/run-file.ts';
import { createSupervised } from '../supervised.ts';

let hotel: Awaited<ReturnType<typeof createSupervised>>;
beforeEach(async () => {
  hotel = await createSupervised();
});
afterEach(() => hotel.remove());

it('starts everything, prints what to try, and one line that starts with ready', async () => {
  const { printed, text, child, ended } = hotel.start();
  await printed(/^ready in [\d.]+ s/m);
  expect(text()).toMatch(/-d '\{"start": "a", "end": "b"\}'/);
  expect(text()).toMatch(/^dispo is ready \(\d of 3\)$/m);
  await printed(/\{"level":"info"/);
  expect((await readRun(join(hotel.root, 'data')))?.urls).toMatchObject({
    DISPO_URL: `http://127.0.0.1:${hotel.ports.DISPO_PORT}`,
  });
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'stops everything in order on %s, and exits with 0',
  async (signal) => {
    const { printed, child, ended } = hotel.start();
    await printed(/^ready/m);
    child.kill(signal);
    // npx and pnpm pass the same Ctrl-C on a second time.
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(await hotel.events('stop')).toEqual(['cleaning', 'dispo', 'viewer']);
    expect(await readRun(join(hotel.root, 'data'))).toBeUndefined();
    await hotel.expectNothingRuns();
  },
);

it('can be stopped during startup', async () => {
  const { printed, child, ended } = hotel.start();
  await printed(/listening/);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await hotel.expectNothingRuns();
});

it('kills remaining processes on a second signal', async () => {
  const { printed, child, ended } = hotel.start([], { HOTEL_FAKE_DEAF: '1' });
  await printed(/^ready/m);
  child.kill('SIGINT');
  await printed(/stopping/);
  const again = setInterval(() => child.kill('SIGINT'), 200);
  expect(await ended).toBe(130);
  clearInterval(again);
  await hotel.expectNothingRuns();
});

it('leaves nothing running when it is killed itself, and can be started again on the same data', async () => {
  const first = hotel.start();
  await first.printed(/^ready/m);
  first.child.kill('SIGKILL');
  await first.ended;
  await hotel.expectNothingRuns();
  const second = hotel.start();
  await second.printed(/^ready/m);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

it('reports which process died and why, stops the rest, and exits with 1', async () => {
  const { printed, text, ended } = hotel.start();
  await printed(/^ready/m);
  await fetch(`http://127.0.0.1:${hotel.ports.DISPO_PORT}/die`).catch(() => {});
  expect(await ended).toBe(1);
  expect(text()).toMatch(/dispo exited with code 3.*\n(.*\n)* +dispo failed/);
  expect(await hotel.events('stop')).toEqual(['cleaning', 'viewer']);
  await hotel.expectNothingRuns();
});

it('refuses to run twice on the same data', async () => {
  const first = hotel.start();
  await first.printed(/^ready/m);
  const second = hotel.start();
  expect(await second.ended).toBe(1);
  expect(second.text()).toMatch(/^Another run \(inn, process \d+\) uses the data in /);
  expect(await readRun(join(hotel.root, 'data'))).toMatchObject({ pid: first.child.pid });
});

it('removes the data of earlier runs with --fresh', async () => {
  await mkdir(join(hotel.root, 'data'));
  await writeFile(join(hotel.root, 'data/dispo.sqlite'), 'old');
  const { printed } = hotel.start(['--fresh']);
  await printed(/^ready/m);
  await expect(readFile(join(hotel.root, 'data/dispo.sqlite'))).rejects.toThrow(/ENOENT/);
});
