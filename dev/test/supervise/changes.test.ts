import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sendAction } from '../../src/run/control/listener.ts';
import { readRun } from '../../src/run/run-file.ts';
import { createSupervised } from '../supervised.ts';

let hotel: Awaited<ReturnType<typeof createSupervised>>;
beforeEach(async () => {
  hotel = await createSupervised();
});
afterEach(() => hotel.remove());

it('restarts only the processes affected by a change', async () => {
  const { printed } = hotel.start(['--watch']);
  await printed(/^ready/m);
  await writeFile(join(hotel.root, 'packages/shared/src/x.ts'), '');
  await printed(/packages\/shared\/src\/x.ts changed: restarting dispo, cleaning/);
  await printed(/dispo is ready again/);
  await printed(/cleaning is ready again/);
  expect((await hotel.events('start')).filter((name) => name === 'viewer')).toHaveLength(1);
});

it.each([
  ['in place', async (file: string, text: string) => writeFile(file, text)],
  [
    'by renaming a new file',
    async (file: string, text: string) => {
      await writeFile(`${file}.new`, text);
      await rename(`${file}.new`, file);
    },
  ],
  [
    'by removing the file and writing a new one',
    async (file: string, text: string) => {
      await rm(file);
      await writeFile(file, text);
    },
  ],
])('restarts a process after every save %s, a broken one and its repair included', async (_, save) => {
  const { printed, text, child, ended } = hotel.start(['--watch']);
  await printed(/^ready/m);
  const source = join(hotel.root, 'dispo/src/main.ts');
  const good = await readFile(source, 'utf8');
  const times = (what: RegExp) => text().match(what)?.length ?? 0;
  const backs = (count: number) => expect.poll(() => times(/dispo is ready again/g)).toBe(count);
  await save(source, `${good}// 1\n`);
  await backs(1);
  await save(source, 'const broken: = 1;\n');
  await printed(/dispo ended with code 1 before it was ready/);
  await printed(/dispo stays down until the next change/);
  await save(source, `${good}// 2\n`);
  await backs(2);
  await save(source, 'setInterval(() => {}, 1_000_000);\n');
  await expect.poll(() => times(/dispo\/src\/main.ts changed: restarting dispo/g)).toBe(4);
  await save(source, `${good}// 3\n`);
  await backs(3);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await hotel.expectNothingRuns();
});

it('stops and starts a single process on request of another terminal', async () => {
  const { printed, text, child, ended } = hotel.start(['--watch']);
  await printed(/^ready/m);
  const control = (await readRun(join(hotel.root, 'data')))?.urls.CONTROL_URL ?? '';
  expect(await sendAction(control, 'stop', 'dispo')).toBe(
    'dispo is stopped; start it with: npx -y pnpm@12 dev start dispo',
  );
  await expect(fetch(`http://127.0.0.1:${hotel.ports.DISPO_PORT}`)).rejects.toThrow();
  expect((await fetch(`http://127.0.0.1:${hotel.ports.CLEANING_PORT}`)).status).toBe(200);
  // A change of what both run starts the one that runs.
  await writeFile(join(hotel.root, 'packages/shared/src/x.ts'), '');
  await printed(/x.ts changed: restarting cleaning$/m);
  await printed(/cleaning is ready again/);
  expect(await sendAction(control, 'start', 'dispo')).toBe('dispo is running');
  expect((await fetch(`http://127.0.0.1:${hotel.ports.DISPO_PORT}`)).status).toBe(200);
  await expect(sendAction(control, 'stop', 'disco')).rejects.toThrow('Its processes are: viewer, dispo, cleaning.');
  await expect(sendAction(control.replace(/.{8}$/, '00000000'), 'stop', 'dispo')).rejects.toThrow('404');
  expect(text()).not.toContain('exited with');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await hotel.expectNothingRuns();
});

it('leaves a process running when its sources are saved unchanged among others', async () => {
  const { printed } = hotel.start(['--watch']);
  await printed(/^ready/m);
  const sources = ['viewer', 'dispo', 'cleaning'].map((name) => join(hotel.root, name, 'src/main.ts'));
  const [viewer = '', ...others] = sources;
  const text = await readFile(viewer, 'utf8');
  // Like `git checkout` of another branch: it rewrites all files, and not all of them differ.
  for (const source of sources) await writeFile(`${source}.new`, source === viewer ? text : `${text}\n// changed\n`);
  for (const source of sources) await rename(`${source}.new`, source);
  expect(others).toHaveLength(2);
  await printed(/dispo is ready again/);
  await printed(/cleaning is ready again/);
  expect((await hotel.events('start')).filter((name) => name === 'viewer')).toHaveLength(1);
});
