import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@hotel/system';
import { afterEach, beforeEach, expect, it } from 'vitest';

let root: string;
let port: number;
let child: ChildProcess;
let output = '';

const LIB = '../../packages/lib/src/lib.ts';

/** Source of a service that imports a package and responds with `answer`. */
const source = (answer: string) => `
import { createServer } from 'node:http';
import { suffix } from '${LIB}';
const server = createServer((request, response) => response.end(${JSON.stringify(answer)} + suffix));
server.listen(Number(process.env.APP_INTERNAL_PORT));
process.on('SIGTERM', () => { server.close(); server.closeAllConnections(); });
`;
const file = () => join(root, 'app/src/main.ts');
const answer = async () =>
  fetch(`http://127.0.0.1:${port}/livez`).then(
    (response) => response.text(),
    () => 'nothing',
  );
const status = async (path: string) =>
  fetch(`http://127.0.0.1:${port}${path}`).then(
    (response) => response.status,
    () => 0,
  );

beforeEach(async () => {
  // As in an image: the packages, including the entry point, are copied.
  root = await mkdtemp(join(tmpdir(), 'hotel-watch-run-'));
  await cp(join(import.meta.dirname, '../src'), join(root, 'packages/watch/src'), { recursive: true });
  for (const folder of ['app/src', 'packages/lib/src']) await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'packages/lib/src/lib.ts'), "export const suffix = '';\n");
  await writeFile(file(), source('first'));
  [port = 0] = await freePorts(1);
  output = '';
  child = spawn(process.execPath, [join(root, 'packages/watch/src/main.ts'), 'src/main.ts'], {
    cwd: join(root, 'app'),
    env: {
      PATH: process.env.PATH,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      APP_INTERNAL_PORT: String(port),
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data));
  await expect.poll(answer).toBe('first');
});
afterEach(async () => {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(root, { recursive: true, force: true });
});

const inPlace = (text: string) => writeFile(file(), text);
const byRename = async (text: string, path = file()) => {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
};
const byReplacement = async (text: string) => {
  await unlink(file());
  await writeFile(file(), text);
};

it.each([
  ['in place', inPlace],
  ['by renaming a new file', (text: string) => byRename(text)],
  ['by removing the file and writing a new one', byReplacement],
])('every save %s restarts the process, even a broken one and its repair', async (_, save) => {
  await save(source('second'));
  await expect.poll(answer).toBe('second');
  await save('const broken: = 1;\n');
  await expect.poll(() => status('/readyz')).toBe(503);
  await save(source('repaired'));
  await expect.poll(answer).toBe('repaired');
  await save(source('last'));
  await expect.poll(answer).toBe('last');
});

it('is alive but not ready while the source is broken', async () => {
  await byRename('const broken: = 1;\n');
  await expect.poll(() => status('/readyz')).toBe(503);
  expect(await status('/livez')).toBe(200);
  expect(await answer()).toMatch(/the process ended with code 1; it starts again with the next change/);
  expect(output).toMatch(/SyntaxError|ERR_INVALID_TYPESCRIPT_SYNTAX/);
});

it('restarts for a source of a package, but not for an unchanged file or a test', async () => {
  await writeFile(file(), source('first'));
  await writeFile(join(root, 'app/src/main.test.ts'), '1');
  // At once: a file that is read while it is empty changes twice.
  await byRename("export const suffix = ' and more';\n", join(root, 'packages/lib/src/lib.ts'));
  await expect.poll(answer).toBe('first and more');
  expect(output.match(/changed: restarting/g)).toHaveLength(1);
  expect(output).toContain('packages/lib/src/lib.ts changed: restarting');
});

it('does not wait for a process that ignores SIGTERM', async () => {
  await inPlace("process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); console.log('deaf');");
  await expect.poll(() => output).toContain('deaf');
  await inPlace(source('back'));
  await expect.poll(answer).toBe('back');
});

it('stops with its process on SIGTERM', async () => {
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await answer()).toBe('nothing');
});
