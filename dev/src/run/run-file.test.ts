import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { targetUrls } from '../cli/settings.ts';
import { lockData, readRun } from './run-file.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hotel-run-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

it('gives the data to one run, and names that run to the next', async () => {
  const lock = await lockData(dataDir);
  await expect(lockData(dataDir)).rejects.toThrow(
    `Another run (starting, process ${process.pid}) uses the data in ${dataDir}. Stop it`,
  );
  lock.release();
  (await lockData(dataDir)).release();
  expect(await readdir(dataDir)).toEqual([]);
});

it('gives the data to only one of several concurrent starts', async () => {
  const results = await Promise.allSettled([lockData(dataDir), lockData(dataDir), lockData(dataDir)]);
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('takes over the data of a killed run', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await new Promise((resolve) => child.once('spawn', resolve));
  const { pid } = child;
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid, began: '1', urls: {} }));
  (await lockData(dataDir)).release();
});

it("is not confused by a process with a dead run's reused id", async () => {
  await writeFile(join(dataDir, 'run.json'), JSON.stringify({ pid: process.pid, began: 'long ago', urls: {} }));
  expect(await readRun(dataDir)).toBeUndefined();
});

it('gives commands the addresses of the run; the environment overrides, standard ports are the fallback', async () => {
  const env = { HOTEL_DATA_DIR: dataDir };
  expect(await targetUrls(env)).toEqual({
    dispo: 'http://127.0.0.1:8080',
    cleaning: 'http://127.0.0.1:8081',
    jaeger: 'http://127.0.0.1:16686',
  });
  const lock = await lockData(dataDir);
  await lock.publish({
    system: 'hotel',
    portOffset: 100,
    urls: { DISPO_URL: 'http://127.0.0.1:1', JAEGER_QUERY_URL: 'http://127.0.0.1:2' },
  });
  expect(await targetUrls({ ...env, JAEGER_QUERY_URL: 'http://jaeger/' })).toEqual({
    dispo: 'http://127.0.0.1:1',
    cleaning: 'http://127.0.0.1:8081',
    jaeger: 'http://jaeger',
  });
  expect((await targetUrls(env, 100)).dispo).toBe('http://127.0.0.1:1');
  expect((await targetUrls(env, 200)).dispo).toBe('http://127.0.0.1:8280');
  lock.release();
  expect((await targetUrls(env)).dispo).toBe('http://127.0.0.1:8080');
});
