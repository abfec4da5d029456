import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { httpJson, type TracedSystem } from '@hotel/trace-test';
import { runTrace } from 'dev/test/trace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startHotel, waitUntilPlanned } from './harness/hotel.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');
const guide = readFileSync(`${root}docs/tracing.md`, 'utf8');
const [, walk = ''] = /<!-- walk .*-->\n```\n([\s\S]*?)```/.exec(guide) ?? [];
const steps = [...walk.matchAll(/^curl (.*)\n# (\d{3}): (.*)$/gm)].map(([, command = '', status, body = '']) => ({
  command,
  status: Number(status),
  body: JSON.parse(body) as unknown,
}));

let traced: TracedSystem;
beforeAll(async () => {
  traced = await startHotel();
});
afterAll(() => traced?.stop());

/** The request of a command line in the guide, at the addresses of this run. */
function requestOf(command: string): { url: string; method: string; body?: unknown } {
  const [, port = '', path = ''] = /localhost:(\d+)(\/[^' ]*)/.exec(command) ?? [];
  const url = traced.url(port === '8080' ? 'DISPO_PORT' : 'CLEANING_PORT') + path;
  const [, body] = /-d '(.*)'/.exec(command) ?? [];
  return body === undefined
    ? { url, method: /-X (\w+)/.exec(command)?.[1] ?? 'GET' }
    : { url, method: 'POST', body: JSON.parse(body) };
}

// First, because it names ids.
describe('the walk through the whole stay', () => {
  it('has steps', () => {
    expect(steps.length).toBe(walk.match(/^curl/gm)?.length);
    expect(steps.length).toBeGreaterThan(8);
  });

  it.each(steps)('$command', async ({ command, status, body }) => {
    const { url, method, body: sent } = requestOf(command);
    // A change may take effect a moment later, through the queue; repeating a request is safe.
    await expect
      .poll(async () => httpJson(url, { method, ...(sent === undefined ? {} : { body: sent }) }))
      .toMatchObject({ status, body });
  });
});

describe('the README', () => {
  it('has a curl that makes a booking, and the trace of it', async () => {
    const [, stay = ''] = /curl localhost:8080\/api\/v1\/bookings\/ .* -d '(.*)'/.exec(readme) ?? [];
    const { status, body, traceId = '' } = await ask(traced, 'POST', '/api/v1/bookings/', JSON.parse(stay));
    expect(status).toBe(201);
    await waitUntilPlanned(traced, body.id);

    const [, shown] = /<!-- trace: booking .*-->\n```\n([\s\S]*?)```/.exec(readme) ?? [];
    const { out } = await runTrace([traceId, '--no-times'], { JAEGER_QUERY_URL: traced.url('VIEWER_PORT') });
    expect(out).toBe(shown);
  });

  it('names only files and folders that exist', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, path]) => path ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const path of links) expect(() => readFileSync(root + path), path).not.toThrow(/ENOENT/);
  });
});
