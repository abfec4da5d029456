import { type ChildProcess, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@hotel/system';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../cli/settings.ts';
import { askRun } from './control.ts';
import { readRun } from './run-file.ts';

const FIXTURES = join(import.meta.dirname, '../../test/fixtures');

let root: string;
let ports: Record<string, string>;
const started: ChildProcess[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hotel-dev-'));
  await mkdir(join(ROOT, '.hotel'), { recursive: true });
  await symlink(join(ROOT, '.hotel'), join(root, '.hotel'));
  await writePackage('node_modules/@hotel/telemetry', { exports: { './register': './register.js' } });
  await writeFile(join(root, 'node_modules/@hotel/telemetry/register.js'), '');
  await writePackage('packages/shared', { name: 'shared' });
  await mkdir(join(root, 'packages/shared/src'));
  for (const name of ['viewer', 'dispo', 'cleaning']) {
    const dependencies = name === 'viewer' ? {} : { shared: 'workspace:*' };
    await writePackage(name, { name, dependencies });
    await mkdir(join(root, name, 'src'));
    await copyFile(join(FIXTURES, 'service.ts'), join(root, name, 'src/main.ts'));
  }
  const [viewer, dispo, cleaning] = await freePorts(3);
  ports = { VIEWER_PORT: `${viewer}`, DISPO_PORT: `${dispo}`, CLEANING_PORT: `${cleaning}` };
});

afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
  }
  await rm(root, { recursive: true, force: true });
});

async function writePackage(folder: string, manifest: object): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, 'package.json'), JSON.stringify({ type: 'module', ...manifest }));
}

/** Starts the supervisor; `said` waits for a text in what it writes, `ended` for its exit code. */
function start(args: string[] = [], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(FIXTURES, 'supervisor.ts'), ...args], {
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      FAKE_ROOT: root,
      ...ports,
      ...env,
    },
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += data));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    child,
    ended,
    text: () => text,
    said: (what: RegExp) => expect.poll(() => text).toMatch(what),
  };
}

const journal = async () => (await readFile(join(root, 'journal'), 'utf8')).trim().split('\n');
const events = async (what: string) =>
  (await journal()).filter((line) => line.startsWith(what)).map((line) => line.split(' ')[1]);

async function expectNothingLeft(): Promise<void> {
  const pids = (await journal()).map((line) => Number(line.split(' ')[2]));
  const alive = () =>
    pids.filter((pid) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    });
  await expect.poll(alive).toEqual([]);
}

it('starts everything, prints what to try, and one line that starts with ready', async () => {
  const { said, text, child, ended } = start();
  await said(/^ready in [\d.]+ s/m);
  expect(text()).toMatch(/-d '\{"start": "a", "end": "b"\}'/);
  expect(text()).toMatch(/^dispo is ready \(\d of 3\)$/m);
  await said(/\{"level":"info"/);
  expect((await readRun(join(root, 'data')))?.urls).toMatchObject({
    DISPO_URL: `http://127.0.0.1:${ports.DISPO_PORT}`,
  });
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'stops everything in order on %s, and exits with 0',
  async (signal) => {
    const { said, child, ended } = start();
    await said(/^ready/m);
    child.kill(signal);
    // npx and pnpm pass the same Ctrl-C on a second time.
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(await events('stop')).toEqual(['cleaning', 'dispo', 'viewer']);
    expect(await readRun(join(root, 'data'))).toBeUndefined();
    await expectNothingLeft();
  },
);

it('can be stopped during startup', async () => {
  const { said, child, ended } = start();
  await said(/listening/);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expectNothingLeft();
});

it('kills remaining processes on a second signal', async () => {
  const { said, child, ended } = start([], { HOTEL_FAKE_DEAF: '1' });
  await said(/^ready/m);
  child.kill('SIGINT');
  await said(/stopping/);
  const again = setInterval(() => child.kill('SIGINT'), 200);
  expect(await ended).toBe(130);
  clearInterval(again);
  await expectNothingLeft();
});

it('leaves nothing running when it is killed itself, and can be started again on the same data', async () => {
  const first = start();
  await first.said(/^ready/m);
  first.child.kill('SIGKILL');
  await first.ended;
  await expectNothingLeft();
  const second = start();
  await second.said(/^ready/m);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

it('reports which process died and why, stops the rest, and exits with 1', async () => {
  const { said, text, ended } = start();
  await said(/^ready/m);
  await fetch(`http://127.0.0.1:${ports.DISPO_PORT}/die`).catch(() => {});
  expect(await ended).toBe(1);
  expect(text()).toMatch(/dispo ended by itself with code 3.*\n(.*\n)* +dispo has lost its mind/);
  expect(await events('stop')).toEqual(['cleaning', 'viewer']);
  await expectNothingLeft();
});

it('reports a taken port and its setting before anything is started', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(Number(ports.CLEANING_PORT), '127.0.0.1', resolve));
  const { ended, text } = start();
  expect(await ended).toBe(1);
  expect(text()).toBe(
    `Port ${ports.CLEANING_PORT} is taken, and cleaning needs it. Stop what listens there, or set CLEANING_PORT to another port, for instance CLEANING_PORT=${text().match(/CLEANING_PORT=(\d+)/)?.[1]}. (\`dev --port-offset=1000\` shifts all ports.)\n`,
  );
  server.close();
});

it('refuses to run twice on the same data', async () => {
  const first = start();
  await first.said(/^ready/m);
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.text()).toMatch(/^Another run \(inn, process \d+\) has the data in /);
  expect(await readRun(join(root, 'data'))).toMatchObject({ pid: first.child.pid });
});

it('removes the data of earlier runs with --fresh', async () => {
  await mkdir(join(root, 'data'));
  await writeFile(join(root, 'data/dispo.sqlite'), 'old');
  const { said } = start(['--fresh']);
  await said(/^ready/m);
  await expect(readFile(join(root, 'data/dispo.sqlite'))).rejects.toThrow(/ENOENT/);
});

it('restarts only the processes affected by a change', async () => {
  const { said } = start(['--watch']);
  await said(/^ready/m);
  await writeFile(join(root, 'packages/shared/src/x.ts'), '');
  await said(/packages\/shared\/src\/x.ts changed: restarting dispo, cleaning/);
  await said(/dispo is back/);
  await said(/cleaning is back/);
  expect((await events('start')).filter((name) => name === 'viewer')).toHaveLength(1);
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
  const { said, text, child, ended } = start(['--watch']);
  await said(/^ready/m);
  const source = join(root, 'dispo/src/main.ts');
  const good = await readFile(source, 'utf8');
  const times = (what: RegExp) => text().match(what)?.length ?? 0;
  const backs = (count: number) => expect.poll(() => times(/dispo is back/g)).toBe(count);
  await save(source, `${good}// 1\n`);
  await backs(1);
  await save(source, 'const broken: = 1;\n');
  await said(/dispo ended with code 1 before it was ready/);
  await said(/dispo waits for the next change/);
  await save(source, `${good}// 2\n`);
  await backs(2);
  await save(source, 'setInterval(() => {}, 1_000_000);\n');
  await expect.poll(() => times(/dispo\/src\/main.ts changed: restarting dispo/g)).toBe(4);
  await save(source, `${good}// 3\n`);
  await backs(3);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expectNothingLeft();
});

it('stops and starts a single process on request of another terminal', async () => {
  const { said, text, child, ended } = start(['--watch']);
  await said(/^ready/m);
  const control = (await readRun(join(root, 'data')))?.urls.CONTROL_URL ?? '';
  expect(await askRun(control, 'stop', 'dispo')).toBe(
    'dispo is stopped; start it with: npx -y pnpm@12 dev start dispo',
  );
  await expect(fetch(`http://127.0.0.1:${ports.DISPO_PORT}`)).rejects.toThrow();
  expect((await fetch(`http://127.0.0.1:${ports.CLEANING_PORT}`)).status).toBe(200);
  // A change of what both run starts the one that runs.
  await writeFile(join(root, 'packages/shared/src/x.ts'), '');
  await said(/x.ts changed: restarting cleaning$/m);
  await said(/cleaning is back/);
  expect(await askRun(control, 'start', 'dispo')).toBe('dispo runs');
  expect((await fetch(`http://127.0.0.1:${ports.DISPO_PORT}`)).status).toBe(200);
  await expect(askRun(control, 'stop', 'disco')).rejects.toThrow('There are: viewer, dispo, cleaning.');
  await expect(askRun(control.replace(/.{8}$/, '00000000'), 'stop', 'dispo')).rejects.toThrow('404');
  expect(text()).not.toContain('ended by itself');
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expectNothingLeft();
});

it('leaves a process running when its sources are saved unchanged among others', async () => {
  const { said } = start(['--watch']);
  await said(/^ready/m);
  const sources = ['viewer', 'dispo', 'cleaning'].map((name) => join(root, name, 'src/main.ts'));
  const [viewer = '', ...others] = sources;
  const text = await readFile(viewer, 'utf8');
  // As `git checkout` of another branch: all are written anew, and not all are different.
  for (const source of sources) await writeFile(`${source}.new`, source === viewer ? text : `${text}\n// changed\n`);
  for (const source of sources) await rename(`${source}.new`, source);
  expect(others).toHaveLength(2);
  await said(/dispo is back/);
  await said(/cleaning is back/);
  expect((await events('start')).filter((name) => name === 'viewer')).toHaveLength(1);
});

it('reports a process that is not ready in time, and the setting for the limit', async () => {
  await writeFile(join(root, 'dispo/src/main.ts'), 'setInterval(() => {}, 1e6);\n');
  const { ended, text } = start([], { HOTEL_READY_TIMEOUT_MS: '1500' });
  expect(await ended).toBe(1);
  expect(text()).toMatch(/^dispo is not ready after 1.5 s: .* set HOTEL_READY_TIMEOUT_MS \(now 1500\)\.$/m);
});

it('rejects a limit that is not a number before anything is started', async () => {
  const { ended, text } = start([], { HOTEL_READY_TIMEOUT_MS: 'soon' });
  expect(await ended).toBe(1);
  expect(text()).toMatch(/^HOTEL_READY_TIMEOUT_MS=soon: set it to milliseconds/);
});

it('explains why data cannot be stored, without a stack', async () => {
  await writeFile(join(root, 'data'), 'a file');
  const { ended, text } = start();
  expect(await ended).toBe(1);
  expect(text()).toMatch(
    /data\S* cannot be used \(mkdir: (EEXIST|ENOTDIR)\): a file is where a folder should be\.\n.* set HOTEL_DATA_DIR/,
  );
});

it('quotes only the message of a log line, and explains what to do about data of a newer version', async () => {
  const line = {
    level: 'fatal',
    service: 'dispo',
    msg: 'could not start: dispo.sqlite was written by a newer version',
  };
  await writeFile(
    join(root, 'dispo/src/main.ts'),
    `console.log(${JSON.stringify(JSON.stringify(line))}); process.exitCode = 1;\n`,
  );
  const { ended, text } = start();
  expect(await ended).toBe(1);
  expect(text().match(/\{"level":"fatal"/g)).toHaveLength(1);
  expect(text()).toMatch(
    /dispo ended with code 1 before it was ready\.\n {4}could not start: .* newer version\n.* add --fresh\.\n$/,
  );
});
