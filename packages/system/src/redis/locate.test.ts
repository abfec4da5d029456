import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { locateRedis, standardSearchPath } from './locate.ts';

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'hotel-locate-'));
});
afterEach(() => rm(bin, { recursive: true, force: true }));

async function install(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, name), 0o755);
}
const locate = () => locateRedis({ into: join(bin, 'unpacked'), searchPath: bin, announce: () => {} });

it.each(['redis-server', 'valkey-server'])('uses an installed %s', async (name) => {
  await install(name, 'echo "Server v=7.2.4 sha=00000000:0"');
  expect(await locate()).toEqual({ command: join(bin, name), how: `${name} in ${bin}` });
});

it('skips a server that is too old or does not run', async () => {
  await install('valkey-server', 'echo "no such library" >&2; exit 127');
  await install('redis-server', 'echo "Redis server v=8.0.2 sha=00000000:0"');
  expect((await locate()).command).toBe(join(bin, 'redis-server'));
});

it('reports what to install, and what is wrong with the installed servers', async () => {
  await install('redis-server', 'echo "Redis server v=5.0.14 sha=00000000:0"');
  await expect(locate()).rejects.toThrow(
    /^There is no Redis server here.*\n {4}\S.*\n.*REDIS_URL=redis:.*\n.*redis-server is version 5\.0, and 6\.2 or newer is needed\n/,
  );
});

it('also searches the folders of Homebrew and of distributions, beyond the PATH', () => {
  const path = standardSearchPath('/mine').split(':');
  expect(path[0]).toBe('/mine');
  expect(path).toEqual(expect.arrayContaining(['/usr/sbin', '/opt/homebrew/bin', '/opt/homebrew/opt/valkey/bin']));
});
