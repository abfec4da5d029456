import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRoot, fakeProcess, isAlive } from '../../test/fake-system.ts';
import { freePorts } from '../ports/ports.ts';
import type { OutputLine } from './child.ts';
import { startProcess } from './process.ts';

let place: Awaited<ReturnType<typeof createRoot>>;
beforeAll(async () => {
  place = await createRoot();
});
afterAll(() => place.remove());

async function start(mode: string, more: { traced?: boolean } = {}) {
  const lines: OutputLine[] = [];
  const spec = fakeProcess('app', {}, more);
  const [port] = (await freePorts(1)) as [number];
  const env = { ...spec.env, APP_PORT: String(port), FAKE_MODE: mode, PATH: process.env.PATH ?? '' };
  const handle = await startProcess(spec, env, { root: place.root, onLine: (line) => lines.push(line) });
  return { handle, lines, url: `http://127.0.0.1:${port}` };
}

it('starts a traced process with the telemetry preload, reports its output, and stops it with SIGTERM', async () => {
  const { handle, lines, url } = await start('good');
  await handle.ready();
  const { env } = (await (await fetch(url)).json()) as { env: Record<string, string> };
  expect(env.PRELOADED).toBe('yes');
  expect(await handle.stop()).toEqual({ code: 0, signal: null, forced: false });
  expect(lines).toEqual([{ process: 'app', stream: 'stdout', text: 'app listens' }]);
  expect(isAlive(handle.pid)).toBe(false);
});

it('starts a process that is never traced without the preload', async () => {
  const { handle, url } = await start('good', { traced: false });
  await handle.ready();
  const { env } = (await (await fetch(url)).json()) as { env: Record<string, string> };
  expect(env).not.toHaveProperty('PRELOADED');
  await handle.stop();
});

it('rejects at once, with the last lines of output, when a process ends before it is ready', async () => {
  const { handle } = await start('broken');
  await expect(handle.ready()).rejects.toThrow(
    'app ended with code 1 before it was ready.\n    FAKE_COLOR is missing: set it to a colour',
  );
});

it('reports the last response of a process that is not ready in time', async () => {
  const { handle } = await start('unready');
  await expect(handle.ready(1_500)).rejects.toThrow(/app is not ready after 1.5 s: .*\/ready answered 503 no database/);
  await handle.stop();
});

it('kills a process that ignores SIGTERM, and reports it', async () => {
  const { handle, lines } = await start('deaf');
  await handle.ready();
  expect(await handle.stop(200)).toEqual({ code: null, signal: 'SIGKILL', forced: true });
  expect(lines.at(-1)).toMatchObject({ stream: 'runner', text: expect.stringContaining('was killed') });
});

it('distinguishes a requested exit from an unexpected one', async () => {
  const { handle, url } = await start('good');
  await handle.ready();
  await fetch(`${url}/end`).catch(() => {});
  expect(await handle.exited).toEqual({ code: 7, signal: null });
  expect(handle.asked()).toBe(false);
  const other = await start('good');
  other.handle.kill('SIGKILL');
  expect(await other.handle.exited).toEqual({ code: null, signal: 'SIGKILL' });
  expect(other.handle.asked()).toBe(true);
});

it('names the process that cannot start when its folder is missing', async () => {
  const spec = { ...fakeProcess('app'), folder: 'nowhere' };
  await expect(startProcess(spec, {}, { root: place.root })).rejects.toThrow(/app cannot be started.*nowhere/);
});

it('ends the process when its parent is killed', async () => {
  const [port] = (await freePorts(1)) as [number];
  const spec = fakeProcess('app');
  const program = `
    const { startProcess } = await import(${JSON.stringify(join(import.meta.dirname, 'process.ts'))});
    const env = ${JSON.stringify({ ...spec.env, APP_PORT: String(port) })};
    const handle = await startProcess(${JSON.stringify(spec)}, env, { root: ${JSON.stringify(place.root)} });
    await handle.ready();
    console.log(handle.pid);
  `;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => runner.stdout.once('data', (data) => resolve(Number(data))));
  expect(isAlive(pid)).toBe(true);
  runner.kill('SIGKILL');
  await expect.poll(() => isAlive(pid)).toBe(false);
});
