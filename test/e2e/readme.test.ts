import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TracedSystem } from '@hotel/trace-test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, startHotel, waitUntilPlanned } from './harness/hotel.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel();
});
afterAll(() => traced?.stop());

it("the README's curl makes a booking, and its trace is the one that the README shows", async () => {
  const [, stay = ''] = /curl localhost:8080\/api\/v1\/bookings\/ .* -d '(.*)'/.exec(readme) ?? [];
  const { status, body, traceId = '' } = await ask(traced, 'POST', '/api/v1/bookings/', JSON.parse(stay));
  expect(status).toBe(201);
  await waitUntilPlanned(traced, body.id);

  const [, shown] = /<!-- trace: booking .*-->\n```\n([\s\S]*?)```/.exec(readme) ?? [];
  const command = promisify(execFile)(process.execPath, ['dev/src/trace.ts', traceId, '--no-times'], {
    cwd: root,
    env: { ...process.env, JAEGER_QUERY_URL: traced.url('VIEWER_PORT') },
  });
  expect((await command).stdout).toBe(shown);
});

it('every file and folder that the README names exists', () => {
  const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(2);
  for (const path of links) expect(() => readFileSync(root + path), path).not.toThrow(/ENOENT/);
});
