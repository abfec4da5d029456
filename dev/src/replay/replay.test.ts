import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { freePorts } from '@hotel/system';
import { expect, it } from 'vitest';
import { replay } from './steps.ts';

function run(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const file = join(import.meta.dirname, '../replay.ts');
  const given = { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env: given }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

it('prints its usage for --help and for unknown arguments', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: npx -y pnpm@12 replay/) });
  expect(await run(['--fast'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('Usage: npx -y pnpm@12 replay'),
  });
});

it("reports dispo's address when it is unreachable", async () => {
  const [port] = await freePorts(1);
  expect(await run([], { DISPO_INTERNAL_URL: `http://127.0.0.1:${port}` })).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^dispo cannot be reached at .*ECONNREFUSED.*DISPO_INTERNAL_URL/),
  });
});

it('gives up and deletes nothing when cleaning confirms nothing', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const isStep = request.url?.endsWith('/steps');
    const body = isStep
      ? { published: asked.length === 2 ? 1 : 0, after: 1, isLast: true, unconfirmed: 1 }
      : { epoch: '0198c5a0-0000-7000-8000-00000000e0c1' };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = { url: `http://127.0.0.1:${(server.address() as { port: number }).port}` };
  try {
    const replaying = replay({ dispo: target, cleaning: target, stallTimeoutMs: 300, onProgress() {} });
    await expect(replaying).rejects.toThrow(
      /1 events are unconfirmed\. Check that cleaning-worker is running.*\nThen repeat/,
    );
    expect(asked.filter((line) => line.startsWith('DELETE') || line.endsWith('/end'))).toEqual([]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
